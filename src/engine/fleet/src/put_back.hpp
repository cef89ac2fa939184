// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

namespace oakum::fleet {

struct PutBack {
    bool anything = false;         // something was put back
    std::vector<std::string> left; // what was left alone, and why
};
// Undoes what an edit did to one device. `why` goes into the device's history.
base::Result<PutBack> put_back(shard::Transaction& transaction, const Software& software,
                               ports::EditedDeviceRow edited, const std::string& why);

} // namespace oakum::fleet
