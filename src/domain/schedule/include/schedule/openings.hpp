// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <schedule/rule.hpp>

namespace oakum::schedule {

// Devices that wait for their window by themselves begin an update so long before it opens, so that its files
// are there when it does.
inline constexpr base::Duration kAhead = std::chrono::hours(24 * 7);

// When one device may install: what the rules that bind it leave of the time from `from` to `until`.
struct Openings {
    base::TimePoint from{}, until{};
    std::vector<Interval> open; // rising, apart from each other
    bool zone_known = true;     // of the device

    bool always() const { return open.size() == 1 && open[0].from <= from && open[0].to >= until; }
    bool never() const { return open.empty(); } // until `until`
    // The opening at that time, or the first after it; null: none until `until`.
    const Interval* at_or_after(base::TimePoint at) const;
    bool is_open(base::TimePoint at) const;
    // It may be asked then, `ahead` of its opening.
    bool may_begin(base::TimePoint at, base::Duration ahead) const;
    // Anything of [a, b) is open.
    bool touches(base::TimePoint a, base::TimePoint b) const;
};

// Together, rising and apart.
std::vector<Interval> united(std::vector<Interval> intervals);
// Both as united() gives them.
std::vector<Interval> without(const std::vector<Interval>& intervals, const std::vector<Interval>& taken);

// A rule with the zone that its clock is read in for one device; null: the device's is not known and the rule
// names no other.
struct Bound {
    const Rule* rule = nullptr;
    const ZoneRules* zone = nullptr;
};
// Without windows all of the time is open; freezes are taken away. Looks `reach` far, and when nothing opens
// by then `farthest`.
inline constexpr base::Duration kReach = std::chrono::days(70), kFarthest = std::chrono::days(800);
Openings openings(const std::vector<Bound>& bound, base::TimePoint from, base::Duration reach = kReach,
                  base::Duration farthest = kFarthest);

} // namespace oakum::schedule
