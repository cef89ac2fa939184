// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/registry.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How facts are learnt inside commands, shared by the use cases of this library.
namespace oakum::fleet {

// Empty when there is none.
std::string value_of(const std::vector<device::Fact>& facts, std::string_view key);
// Provenance is kept to the minute, so that devices share it.
base::TimePoint minute_of(base::TimePoint at);
// Puts the fact and its event when it is news and its source may replace what is held. True when it was put.
bool learn(shard::Transaction& transaction, DeviceId device, device::Fact fact);
// A small JSON object of texts.
std::string json_of(std::initializer_list<std::pair<std::string_view, std::string_view>> members);

} // namespace oakum::fleet
