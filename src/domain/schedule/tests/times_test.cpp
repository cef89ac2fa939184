// SPDX-License-Identifier: Apache-2.0
#include "berlin.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::schedule;
using namespace std::chrono_literals;
using test::at;
using test::times;

namespace {

std::string touched(const Times& span, const ZoneRules& zone, std::string_view from, std::string_view to) {
    std::vector<Interval> found;
    span.add(zone, at(from), at(to), found);
    std::string text;
    for (const Interval& each : found)
        text += (text.empty() ? "" : " ") + base::to_iso8601(each.from).substr(5, 11) + "-" +
                base::to_iso8601(each.to).substr(8, 8);
    return text;
}

} // namespace

TEST_CASE("a nightly window moves with the zone's clock and keeps its length") {
    const Times nights = times("2026-01-01T01:30", 2h, "FREQ=DAILY");
    const ZoneRules berlin = test::berlin();
    // The night before summer time, the night of it (02:00 is left out), the night after.
    CHECK(touched(nights, berlin, "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z") ==
          "03-28T00:30-28T02:30 03-29T00:30-29T02:30 03-29T23:30-30T01:30");
    // The hour that comes twice: the window still lasts two hours.
    CHECK(touched(nights, berlin, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z") == "10-24T23:30-25T01:30");
}

TEST_CASE("a window that would begin in the gap begins after it, and is not lost") {
    const Times early = times("2026-01-01T02:30", 1h, "FREQ=DAILY");
    CHECK(touched(early, test::berlin(), "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z") ==
          "03-29T01:30-29T02:30");
    CHECK(touched(early, test::berlin(), "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z") ==
          "10-25T00:30-25T01:30");
}

TEST_CASE("the same window opens at other times elsewhere") {
    const Times nights = times("2026-01-01T02:00", 1h, "FREQ=DAILY");
    const ZoneRules kiritimati{"Pacific/Kiritimati", 14 * 3600, {}};
    const ZoneRules niue{"Pacific/Niue", -11 * 3600, {}};
    CHECK(touched(nights, kiritimati, "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z") ==
          "05-01T12:00-01T13:00");
    CHECK(touched(nights, niue, "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z") == "05-01T13:00-01T14:00");
}

TEST_CASE("what is already open at the beginning counts, what ends then does not") {
    const Times day = times("2026-05-01T08:00", 10h, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
    CHECK(touched(day, utc(), "2026-05-01T09:00:00Z", "2026-05-01T10:00:00Z") == "05-01T08:00-01T18:00");
    CHECK(touched(day, utc(), "2026-05-01T18:00:00Z", "2026-05-04T08:00:00Z").empty()); // the weekend
    const Times weeks = times("2026-05-01T00:00", 31 * 24h, "FREQ=MONTHLY");
    CHECK(touched(weeks, utc(), "2026-05-30T00:00:00Z", "2026-05-30T01:00:00Z") == "05-01T00:00-01T00:00");
}

TEST_CASE("count and until end a window, and the last one is whole") {
    CHECK(touched(times("2026-05-01T02:00", 1h, "FREQ=DAILY;COUNT=2"), utc(), "2026-04-01T00:00:00Z",
                  "2026-06-01T00:00:00Z") == "05-01T02:00-01T03:00 05-02T02:00-02T03:00");
    CHECK(touched(times("2026-05-01T02:00", 1h, "FREQ=DAILY;UNTIL=20260502"), utc(), "2026-04-01T00:00:00Z",
                  "2026-06-01T00:00:00Z") == "05-01T02:00-01T03:00 05-02T02:00-02T03:00");
    CHECK(touched(times("2026-05-01T02:00", 1h, "FREQ=DAILY;UNTIL=20260502T015959"), utc(),
                  "2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z") == "05-01T02:00-01T03:00");
    CHECK(touched(times("2026-05-01T02:00", 1h), utc(), "2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z") ==
          "05-01T02:00-01T03:00");
}

TEST_CASE("lengths that are none, or overlap without end, are refused") {
    const auto start = test::local("2026-05-01T02:00");
    const Recurrence daily = Recurrence::parse("FREQ=DAILY").value();
    CHECK_FALSE(Times::make(start, 0s, daily).ok());
    CHECK_FALSE(Times::make(start, -1h, std::nullopt).ok());
    CHECK_FALSE(Times::make(start, 32 * 24h, daily).ok());
    CHECK(Times::make(start, 32 * 24h, std::nullopt).ok());
    CHECK_FALSE(Times::make(start, 401 * 24h, std::nullopt).ok());
}

TEST_CASE("times are said in words") {
    CHECK(in_words(times("2026-01-04T02:00", 4h, "FREQ=WEEKLY;BYDAY=SU")) == "every Sunday at 02:00 for 4 h");
    CHECK(in_words(times("2026-12-20T00:00", 14 * 24h)) == "from 2026-12-20 00:00 for 14 days");
    CHECK(in_words(times("2026-12-20T00:00", 90min)) == "from 2026-12-20 00:00 for 1 h 30 min");
}
