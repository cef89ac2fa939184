// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <schedule/zone.hpp>

#include <optional>

namespace oakum::tzif {

// A POSIX TZ text, such as "CET-1CEST,M3.5.0,M10.5.0/3".
struct Footer {
    struct Day {
        enum class Kind : std::uint8_t { julian, zero_based, month } kind = Kind::month;
        int day = 0;             // of the year, or the weekday
        int month = 1, week = 1; // of kind month; week 5: the last
        int seconds = 7200;      // after its midnight
    };
    std::int32_t standard = 0, summer = 0;   // east of UTC
    std::optional<std::pair<Day, Day>> when; // summer begins, ends
};
// Errors: invalid.
base::Result<Footer> parse_footer(std::string_view text);
// Changes after `from` (unix seconds), rising.
void add_changes(const Footer& footer, std::int64_t from, int last_year,
                 std::vector<schedule::ZoneRules::Change>& out);

} // namespace oakum::tzif
