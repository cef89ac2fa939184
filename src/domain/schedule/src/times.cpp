// SPDX-License-Identifier: Apache-2.0
#include <schedule/times.hpp>

namespace oakum::schedule {
namespace {

// A COUNT that is not reached by then is not reached.
constexpr std::chrono::days kLongestCount = std::chrono::days(366 * 100);

std::string length_words(std::chrono::seconds length) {
    const auto minutes = length.count() / 60;
    const auto days = minutes / (24 * 60), hours = minutes / 60 % 24, rest = minutes % 60;
    std::string text;
    const auto add = [&](std::int64_t count, std::string_view unit) {
        if (count > 0) text += (text.empty() ? "" : " ") + std::to_string(count) + " " + std::string(unit);
    };
    add(days, days == 1 ? "day" : "days");
    add(hours, "h");
    add(rest, "min");
    return text;
}

} // namespace

base::Result<Times> Times::make(LocalTime start, std::chrono::seconds length,
                                std::optional<Recurrence> rule) {
    if (length < kShortest || length > (rule ? kLongestOfMany : kLongest))
        return base::invalid(rule ? "what repeats lasts 1 minute to 31 days"
                                  : "it lasts 1 minute to 400 days")
            .at("length");
    Times times;
    times.start_ = start;
    times.length_ = length;
    times.rule_ = std::move(rule);
    const LocalDay first = std::chrono::floor<std::chrono::days>(start);
    if (!times.rule_) {
        times.last_ = first;
        return times;
    }
    const Recurrence& recurrence = *times.rule_;
    if (recurrence.until) {
        const LocalDay day = std::chrono::floor<std::chrono::days>(*recurrence.until);
        const bool too_late = day + (start - first) > *recurrence.until;
        times.last_ = too_late ? day - std::chrono::days(1) : day;
    }
    if (recurrence.count) {
        std::uint32_t left = *recurrence.count;
        LocalDay day = first;
        for (; day < first + kLongestCount; day += std::chrono::days(1))
            if (recurrence.falls_on(first, day) && --left == 0) break;
        times.last_ = day;
    }
    return times;
}

bool Times::begins_on(LocalDay day) const {
    const LocalDay first = std::chrono::floor<std::chrono::days>(start_);
    if (day < first || (last_ && day > *last_)) return false;
    return rule_ ? rule_->falls_on(first, day) : day == first;
}

void Times::add(const ZoneRules& zone, base::TimePoint from, base::TimePoint to,
                std::vector<Interval>& out) const {
    using std::chrono::days;
    const LocalDay first = std::chrono::floor<days>(start_);
    const auto of_day = start_ - first;
    // A day more to either side: a gap moves a beginning, and zones that cross the date line a whole day.
    LocalDay day = std::max(first, std::chrono::floor<days>(local_of(zone, from) - length_) - days(2));
    LocalDay end = std::chrono::floor<days>(local_of(zone, to)) + days(2);
    if (last_) end = std::min(end, *last_);
    for (; day <= end; day += days(1)) {
        if (!begins_on(day)) continue;
        const base::TimePoint begins = time_of(zone, day + of_day);
        const Interval one{begins, begins + length_};
        if (one.from < to && one.to > from) out.push_back(one);
    }
}

std::string in_words(const Times& times) {
    const LocalDay first = std::chrono::floor<std::chrono::days>(times.start());
    const std::string start = to_text(times.start());
    const std::string clock = start.substr(11, 5);
    const std::string length = " for " + length_words(times.length());
    return times.rule() ? in_words(*times.rule(), first) + " at " + clock + length
                        : "from " + start.substr(0, 10) + " " + clock + length;
}

} // namespace oakum::schedule
