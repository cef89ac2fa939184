// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string_view>

namespace oakum::schedule {

// How much a change cannot wait; a window or a freeze says from which one on it yields.
enum class Priority : std::uint8_t { normal, urgent, emergency };
std::string_view to_string(Priority priority);
base::Result<Priority> parse_priority(std::string_view text);

} // namespace oakum::schedule
