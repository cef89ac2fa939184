// SPDX-License-Identifier: Apache-2.0
#include <schedule/openings.hpp>

#include <algorithm>

namespace oakum::schedule {

const Interval* Openings::at_or_after(base::TimePoint at) const {
    const auto found = std::ranges::upper_bound(open, at, {}, &Interval::to);
    return found == open.end() ? nullptr : &*found;
}

bool Openings::is_open(base::TimePoint at) const {
    const Interval* next = at_or_after(at);
    return next != nullptr && next->from <= at;
}

bool Openings::may_begin(base::TimePoint at, base::Duration ahead) const {
    const Interval* next = at_or_after(at);
    return next != nullptr && next->from <= at + ahead;
}

bool Openings::touches(base::TimePoint a, base::TimePoint b) const {
    const Interval* next = at_or_after(a);
    return next != nullptr && next->from < b;
}

std::vector<Interval> united(std::vector<Interval> intervals) {
    std::ranges::sort(intervals, {}, &Interval::from);
    std::vector<Interval> out;
    for (const Interval& each : intervals)
        if (each.to <= each.from)
            continue;
        else if (!out.empty() && each.from <= out.back().to)
            out.back().to = std::max(out.back().to, each.to);
        else
            out.push_back(each);
    return out;
}

std::vector<Interval> without(const std::vector<Interval>& intervals, const std::vector<Interval>& taken) {
    std::vector<Interval> out;
    auto hole = taken.begin();
    for (Interval left : intervals) {
        while (hole != taken.end() && hole->to <= left.from)
            ++hole;
        for (auto at = hole; at != taken.end() && at->from < left.to; ++at) {
            if (at->from > left.from) out.push_back({left.from, at->from});
            left.from = std::max(left.from, at->to);
        }
        if (left.from < left.to) out.push_back(left);
    }
    return out;
}

Openings openings(const std::vector<Bound>& bound, base::TimePoint from, base::Duration reach,
                  base::Duration farthest) {
    Openings result;
    result.from = from;
    for (const base::Duration look : {reach, farthest}) {
        result.until = from + look;
        bool any_window = false;
        std::vector<Interval> windows;
        std::vector<Interval> freezes;
        for (const auto& [rule, zone] : bound) {
            const bool window = rule->kind == Kind::window;
            any_window = any_window || window;
            if (zone == nullptr) continue; // a window that stays shut
            for (const Times& times : rule->times)
                times.add(*zone, from, result.until, window ? windows : freezes);
        }
        if (!any_window) windows.push_back({from, result.until});
        // What is beyond is not known: freezes were looked for until then only.
        for (Interval& each : windows)
            each.to = std::min(each.to, result.until);
        result.open = without(united(std::move(windows)), united(std::move(freezes)));
        // What lies wholly before says nothing: freezes of that time were not looked for.
        std::erase_if(result.open, [&](const Interval& each) { return each.to <= from; });
        if (!result.open.empty()) break;
    }
    return result;
}

} // namespace oakum::schedule
