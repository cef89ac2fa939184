// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <chrono>
#include <vector>

namespace oakum::source {

struct Window {
    base::TimePoint from{}, to{};
    bool operator==(const Window&) const = default;
};

// NVD answers for at most 120 days of changes at once.
inline constexpr base::Duration kLongestWindow = std::chrono::hours(24 * 120);
// Looked at twice: what was being published while the last answer was made, and clocks that differ.
inline constexpr base::Duration kOverlap = std::chrono::hours(2);
// What changed is appended to what is held; after so long everything is fetched anew, so that it does not
// grow for ever.
inline constexpr base::Duration kWholeAnew = std::chrono::hours(24 * 30);

// From the end of what is held until now, in windows that follow each other.
std::vector<Window> windows_since(base::TimePoint held_until, base::TimePoint now);

} // namespace oakum::source
