// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::fleet {

// What a person has to know of a device that does not speak our own protocol, as sentences: what it speaks,
// with which client, and where it differs. Nothing for one that does.
std::vector<std::string> peculiarities(std::string_view protocol, const std::vector<device::Fact>& facts,
                                       const ports::DeviceRow& row);

} // namespace oakum::fleet
