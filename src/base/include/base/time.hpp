// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::base {

using Duration = std::chrono::milliseconds;
// Milliseconds since 1970-01-01T00:00:00Z. Never read here: it comes from the Clock port or from a record.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, Duration>;

constexpr TimePoint from_unix_ms(std::int64_t ms) {
    return TimePoint(Duration(ms));
}
constexpr std::int64_t unix_ms(TimePoint t) {
    return t.time_since_epoch().count();
}
constexpr std::int64_t unix_seconds(TimePoint t) {
    return unix_ms(t) / 1000;
}

// "2026-11-22T16:03:00Z": whole seconds, what TUF and people read.
std::string to_iso8601(TimePoint t);
// "2026-11-22"
std::string to_date(TimePoint t);
// RFC 3339 with any fraction and offset, or a bare date (midnight UTC), or a date and time without a zone
// (UTC), seconds optional. Errors: invalid.
Result<TimePoint> parse_time(std::string_view text);

} // namespace oakum::base
