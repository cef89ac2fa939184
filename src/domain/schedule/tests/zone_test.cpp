// SPDX-License-Identifier: Apache-2.0
#include <schedule/zone.hpp>

#include "berlin.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::schedule;
using test::at;
using test::local;

TEST_CASE("a wall time is read by the zone's offset, summer and winter") {
    const ZoneRules berlin = test::berlin();
    CHECK(time_of(berlin, local("2026-01-15T02:00")) == at("2026-01-15T01:00:00Z"));
    CHECK(time_of(berlin, local("2026-07-15T02:00")) == at("2026-07-15T00:00:00Z"));
    CHECK(local_of(berlin, at("2026-07-15T00:00:00Z")) == local("2026-07-15T02:00"));
    CHECK(time_of(utc(), local("2026-07-15T02:00")) == at("2026-07-15T02:00:00Z"));
}

TEST_CASE("a wall time that does not exist is read with the offset before the gap") {
    // 29 March 2026: 02:00 to 03:00 is left out.
    const ZoneRules berlin = test::berlin();
    CHECK(time_of(berlin, local("2026-03-29T02:30")) == at("2026-03-29T01:30:00Z"));
    CHECK(time_of(berlin, local("2026-03-29T01:59")) == at("2026-03-29T00:59:00Z"));
    CHECK(time_of(berlin, local("2026-03-29T03:00")) == at("2026-03-29T01:00:00Z"));
}

TEST_CASE("a wall time that comes twice is the first of the two") {
    // 25 October 2026: 02:00 to 03:00 comes twice.
    const ZoneRules berlin = test::berlin();
    CHECK(time_of(berlin, local("2026-10-25T02:30")) == at("2026-10-25T00:30:00Z"));
    CHECK(time_of(berlin, local("2026-10-25T03:00")) == at("2026-10-25T02:00:00Z"));
}

TEST_CASE("every time of two years comes back from its wall time, or is the second of two") {
    const ZoneRules berlin = test::berlin();
    int later = 0;
    for (base::TimePoint t = at("2026-01-01T00:00:00Z"); t < at("2028-01-01T00:00:00Z");
         t += std::chrono::minutes(30)) {
        const base::TimePoint back = time_of(berlin, local_of(berlin, t));
        if (back == t) continue;
        CHECK(t - back == std::chrono::hours(1));
        ++later;
    }
    CHECK(later == 4); // an hour of half hours in each of two autumns
}

TEST_CASE("texts that are no local times are refused") {
    for (const char* text : {"", "2026", "2026-02-30", "2026-13-01T00:00", "2026-01-01T24:00",
                             "2026-01-01T00:60", "2026-01-01T00:00Z", "2026-01-01T00:00+01:00",
                             "2026-01-01T0:00", "1969-01-01", "2026-01-01T00:00:0"})
        CHECK_FALSE(parse_local(text).ok());
    CHECK(to_text(local("2026-01-05")) == "2026-01-05T00:00");
    CHECK(to_text(local("2026-01-05T07:08:09")) == "2026-01-05T07:08:09");
    CHECK(in_words(local("2026-12-28T02:00")) == "Mon 2026-12-28 02:00");
    const auto said = [](const char* from, const char* to, const char* now) {
        return in_words(local(from), local(to), local(now));
    };
    CHECK(said("2026-12-28T22:00", "2026-12-29T04:00", "2026-12-28T09:00") == "tonight 22:00-04:00");
    CHECK(said("2026-12-28T14:00", "2026-12-28T16:00", "2026-12-28T09:00") == "today 14:00-16:00");
    CHECK(said("2026-12-29T02:00", "2026-12-29T04:00", "2026-12-28T09:00") == "tomorrow 02:00-04:00");
    CHECK(said("2026-12-31T02:00", "2026-12-31T04:00", "2026-12-28T09:00") == "Thu 2026-12-31 02:00-04:00");
    CHECK(said("2026-12-31T02:00", "2027-01-02T04:00", "2026-12-28T09:00") ==
          "Thu 2026-12-31 02:00 to Sat 2027-01-02 04:00");
}

TEST_CASE("names of zones are those that a folder of tzdata may hold") {
    for (const char* name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"})
        CHECK(is_zone_name(name));
    for (const char* name :
         {"", "/etc/passwd", "../x", "Europe/../x", "a//b", "a/", "Europe/Berlin ", "a\nb"})
        CHECK_FALSE(is_zone_name(name));
}
