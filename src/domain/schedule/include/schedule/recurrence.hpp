// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <schedule/zone.hpp>

#include <optional>

namespace oakum::schedule {

// The part of RFC 5545's RRULE that is understood: FREQ of DAILY, WEEKLY or MONTHLY, INTERVAL, BYDAY (with an
// ordinal when monthly), BYMONTHDAY, WKST, COUNT, UNTIL. Everything else is refused by its name, never
// skipped.
struct Recurrence {
    enum class Frequency : std::uint8_t { daily, weekly, monthly };
    struct Day {
        int ordinal = 0; // of the month: 1 the first, -1 the last; 0: every one
        std::chrono::weekday weekday;
        bool operator==(const Day&) const = default;
    };
    Frequency frequency = Frequency::daily;
    int interval = 1;
    std::vector<Day> by_day;
    std::vector<int> by_month_day; // -1: the last of the month
    std::chrono::weekday week_start = std::chrono::Monday;
    std::optional<std::uint32_t> count;
    std::optional<LocalTime> until; // the last moment at which one may begin
    bool operator==(const Recurrence&) const = default;

    // "FREQ=WEEKLY;BYDAY=MO,TU"; also with "RRULE:" before it. Errors: invalid, with the part.
    static base::Result<Recurrence> parse(std::string_view text);
    std::string text() const;

    // Whether the rule, begun on `first`, falls on `day`; the bounds count and until aside.
    bool falls_on(LocalDay first, LocalDay day) const;
};

// "every Monday and Tuesday", "every 2 weeks on Sunday", "on the last Friday of every month"
std::string in_words(const Recurrence& recurrence, LocalDay first);

} // namespace oakum::schedule
