// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <schedule/times.hpp>

namespace oakum::schedule::test {

inline base::TimePoint at(std::string_view text) {
    return base::parse_time(text).value();
}
inline LocalTime local(std::string_view text) {
    return parse_local(text).value();
}
// The last Sundays of March and October, 01:00 UTC, of 2025 to 2030.
inline ZoneRules berlin() {
    ZoneRules zone{"Europe/Berlin", 3600, {}};
    for (const auto& [text, offset] :
         {std::pair("2025-03-30T01:00:00Z", 7200), std::pair("2025-10-26T01:00:00Z", 3600),
          std::pair("2026-03-29T01:00:00Z", 7200), std::pair("2026-10-25T01:00:00Z", 3600),
          std::pair("2027-03-28T01:00:00Z", 7200), std::pair("2027-10-31T01:00:00Z", 3600),
          std::pair("2028-03-26T01:00:00Z", 7200), std::pair("2028-10-29T01:00:00Z", 3600)})
        zone.changes.push_back({base::unix_seconds(at(text)), offset});
    return zone;
}
inline Times times(std::string_view start, std::chrono::seconds length, std::string_view rule = "") {
    return Times::make(local(start), length,
                       rule.empty() ? std::nullopt : std::optional(Recurrence::parse(rule).value()))
        .value();
}

} // namespace oakum::schedule::test
