// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/id.hpp>

namespace oakum::alarm {

using AlarmId = base::Id<struct AlarmIdTag>;
using ChannelId = base::Id<struct ChannelIdTag>;
using MessageId = base::Id<struct MessageIdTag>;

} // namespace oakum::alarm
