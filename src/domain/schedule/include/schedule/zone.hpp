// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::schedule {

// What a clock on the wall shows, somewhere.
using LocalTime = std::chrono::local_seconds;
using LocalDay = std::chrono::local_days;

// The offsets of one time zone from UTC, as data: read from tzdata by the platform.
struct ZoneRules {
    struct Change {
        std::int64_t at = 0;     // unix seconds; from then on
        std::int32_t offset = 0; // seconds east of UTC
        bool operator==(const Change&) const = default;
    };
    std::string name; // "Europe/Berlin"
    std::int32_t first_offset = 0;
    std::vector<Change> changes; // rising
};
const ZoneRules& utc();

std::int32_t offset_at(const ZoneRules& zone, std::int64_t unix_seconds);
LocalTime local_of(const ZoneRules& zone, base::TimePoint at);
// RFC 5545, 3.3.5: a wall time in a gap is read with the offset before it; one that comes twice is the first.
base::TimePoint time_of(const ZoneRules& zone, LocalTime local);

// "Europe/Berlin", "UTC": a name that tzdata could have. Nothing is said of whether it has it.
bool is_zone_name(std::string_view text);

// "2026-12-24T18:00"; seconds are optional on reading, and a bare date is its midnight. Errors: invalid, also
// for a text with a zone.
base::Result<LocalTime> parse_local(std::string_view text);
std::string to_text(LocalTime local);
// "Mon 2026-12-28 02:00"
std::string in_words(LocalTime local);
// "tonight 22:00-04:00", "today 14:00-16:00", "tomorrow 02:00-04:00", "Mon 2026-12-28 02:00-04:00", and with
// the day of its end where that is more than a day later: a span as somebody there would say it at `now`.
std::string in_words(LocalTime from, LocalTime to, LocalTime now);

} // namespace oakum::schedule
