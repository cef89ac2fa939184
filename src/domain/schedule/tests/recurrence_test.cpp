// SPDX-License-Identifier: Apache-2.0
#include <schedule/recurrence.hpp>

#include "berlin.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::schedule;

namespace {

// The days from `start` on for `days`, as a text of dates.
std::string days_of(std::string_view rule, std::string_view start, int days) {
    const Recurrence recurrence = Recurrence::parse(rule).value();
    const LocalDay first = std::chrono::floor<std::chrono::days>(test::local(start));
    std::string text;
    for (int i = -10; i < days; ++i) {
        const LocalDay day = first + std::chrono::days(i);
        if (recurrence.falls_on(first, day)) text += (text.empty() ? "" : " ") + to_text(day).substr(5, 5);
    }
    return text;
}

} // namespace

TEST_CASE("rules fall on the days that RFC 5545 says") {
    // Of 3.8.5.3, with other years where that does not change the days.
    CHECK(days_of("FREQ=DAILY;INTERVAL=10", "1997-09-02", 45) == "09-02 09-12 09-22 10-02 10-12");
    CHECK(days_of("FREQ=WEEKLY", "1997-09-02", 22) == "09-02 09-09 09-16 09-23");
    CHECK(days_of("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", 30) == "09-02 09-16 09-30");
    CHECK(days_of("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR", "1997-09-01", 32) ==
          "09-01 09-03 09-05 09-15 09-17 09-19 09-29 10-01");
    CHECK(days_of("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "1997-08-05", 20) ==
          "08-05 08-10 08-19 08-24");
    CHECK(days_of("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "1997-08-05", 27) ==
          "08-05 08-17 08-19 08-31");
    CHECK(days_of("FREQ=MONTHLY;BYDAY=1FR", "1997-09-05", 100) == "09-05 10-03 11-07 12-05");
    CHECK(days_of("FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU", "1997-09-07", 100) == "09-07 09-28 11-02 11-30");
    CHECK(days_of("FREQ=MONTHLY;BYDAY=-2MO", "1997-09-22", 100) == "09-22 10-20 11-17 12-22");
    CHECK(days_of("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", 100) == "09-28 10-29 11-28 12-29");
    CHECK(days_of("FREQ=MONTHLY;BYMONTHDAY=2,15", "1997-09-02", 50) == "09-02 09-15 10-02 10-15");
    CHECK(days_of("FREQ=MONTHLY;BYMONTHDAY=1,-1", "1997-09-30", 65) == "09-30 10-01 10-31 11-01 11-30 12-01");
    CHECK(days_of("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", 600) == "02-13 03-13 11-13");
    // A month without that day is left out, never moved.
    CHECK(days_of("FREQ=MONTHLY", "2026-01-31", 150) == "01-31 03-31 05-31");
    CHECK(days_of("FREQ=MONTHLY;BYMONTHDAY=29", "2027-01-29", 100) == "01-29 03-29 04-29");
    // The second Tuesday, as patches come out.
    CHECK(days_of("FREQ=MONTHLY;BYDAY=2TU", "2026-01-01", 100) == "01-13 02-10 03-10");
}

TEST_CASE("a rule that is not understood is refused by its part") {
    const auto where = [](std::string_view text) {
        const auto rule = Recurrence::parse(text);
        return rule.ok() ? std::string("fine") : rule.error().where;
    };
    CHECK(where("FREQ=YEARLY") == "FREQ");
    CHECK(where("BYDAY=MO") == "FREQ");
    CHECK(where("FREQ=DAILY;BYMONTH=1") == "BYMONTH");
    CHECK(where("FREQ=DAILY;INTERVAL=0") == "INTERVAL");
    CHECK(where("FREQ=DAILY;INTERVAL=-1") == "INTERVAL");
    CHECK(where("FREQ=DAILY;COUNT=99999") == "COUNT");
    CHECK(where("FREQ=DAILY;COUNT=1;UNTIL=20260101") == "COUNT");
    CHECK(where("FREQ=DAILY;UNTIL=20260101T000000Z") == "UNTIL");
    CHECK(where("FREQ=DAILY;UNTIL=20260231") == "UNTIL");
    CHECK(where("FREQ=WEEKLY;BYDAY=1MO") == "BYDAY");
    CHECK(where("FREQ=MONTHLY;BYDAY=6MO") == "BYDAY");
    CHECK(where("FREQ=MONTHLY;BYDAY=0MO") == "BYDAY");
    CHECK(where("FREQ=WEEKLY;BYDAY=XX") == "BYDAY");
    CHECK(where("FREQ=WEEKLY;BYMONTHDAY=1") == "BYMONTHDAY");
    CHECK(where("FREQ=MONTHLY;BYMONTHDAY=32") == "BYMONTHDAY");
    CHECK(where("FREQ=DAILY;FREQ=DAILY") == "FREQ");
    CHECK_FALSE(Recurrence::parse("FREQ").ok());
    CHECK_FALSE(Recurrence::parse(std::string(501, 'A')).ok());
}

TEST_CASE("a rule written out reads back as the same") {
    for (const char* text :
         {"FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU", "FREQ=MONTHLY;BYDAY=2TU,-1SU",
          "FREQ=MONTHLY;BYMONTHDAY=1,-1;COUNT=12", "FREQ=DAILY;UNTIL=20261224T180000"}) {
        const Recurrence rule = Recurrence::parse(text).value();
        CHECK(rule.text() == text);
        CHECK(Recurrence::parse(rule.text()).value() == rule);
    }
}

TEST_CASE("rules are said in words") {
    const auto words = [](std::string_view rule, std::string_view first) {
        return in_words(Recurrence::parse(rule).value(),
                        std::chrono::floor<std::chrono::days>(test::local(first)));
    };
    CHECK(words("FREQ=DAILY", "2026-01-05") == "every day");
    CHECK(words("FREQ=WEEKLY;BYDAY=MO,TU,TH", "2026-01-05") == "every Monday, Tuesday and Thursday");
    CHECK(words("FREQ=WEEKLY;INTERVAL=2", "2026-01-05") == "every 2 weeks on Monday");
    CHECK(words("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-05") == "on the last Friday of every month");
    CHECK(words("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1,15", "2026-01-05") ==
          "on day 1 and day 15 of every 3 months");
    CHECK(words("FREQ=DAILY;COUNT=3", "2026-01-05") == "every day, 3 times");
}
