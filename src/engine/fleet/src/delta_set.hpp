// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <string>

namespace oakum::fleet {

// Changes the row's delta set, with its interval and event. Within a command.
void move_delta_set(shard::Transaction& transaction, ports::DeviceRow& row, SetId set,
                    const std::string& why);

} // namespace oakum::fleet
