// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace oakum::device_lists {

// "00-1A-2b-3c-4d-5e", "001a.2b3c.4d5e", "001A2B3C4D5E": as "00:1a:2b:3c:4d:5e". Nothing for what is none,
// and for the addresses of nobody (all zeros, all ones).
std::optional<std::string> as_mac(std::string_view text);

} // namespace oakum::device_lists
