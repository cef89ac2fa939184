// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <explain/explanation.hpp>

namespace oakum::explain {

// When a device may be changed, by the windows and freezes that bind it.
struct InstallTimes {
    std::vector<std::string> windows, freezes; // by name; none: at any time
    std::string zone;                          // as the device says; empty: it does not
    bool zone_known = false;
    bool open = true;                        // now
    std::optional<base::TimePoint> from, to; // the opening now or next; nothing: none can be seen
    std::string local;                       // its beginning on the device's clock
    std::string span;                        // "tonight 22:00-04:00", on the device's clock
    bool begins_ahead = true;                // the next one is near enough to download for it
    base::TimePoint now{};
};
Explanation::Step may_install(const InstallTimes& times);
// "; installing is allowed from Tue 2026-05-05 02:00 there on, in 5 hours (window \"nights\")"; nothing while
// it is open.
std::string until_open(const InstallTimes& times);

} // namespace oakum::explain
