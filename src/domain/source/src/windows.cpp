// SPDX-License-Identifier: Apache-2.0
#include <source/windows.hpp>

#include <algorithm>

namespace oakum::source {

std::vector<Window> windows_since(base::TimePoint held_until, base::TimePoint now) {
    std::vector<Window> windows;
    for (base::TimePoint from = std::min(held_until, now) - kOverlap; from < now;) {
        const base::TimePoint to = std::min(from + kLongestWindow, now);
        windows.push_back({from, to});
        from = to;
    }
    return windows;
}

} // namespace oakum::source
