// SPDX-License-Identifier: Apache-2.0
#include <schedule/openings.hpp>

#include "berlin.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

using namespace oakum;
using namespace oakum::schedule;
using namespace std::chrono_literals;
using test::at;
using test::times;

namespace {

Rule rule(Kind kind, std::vector<Times> when) {
    Rule made;
    made.kind = kind;
    made.name = "x";
    made.times = std::move(when);
    return made;
}

} // namespace

TEST_CASE("without a rule a device may install at any time") {
    const Openings all = openings({}, at("2026-05-01T00:00:00Z"));
    CHECK(all.always());
    CHECK(all.is_open(at("2026-05-01T00:00:00Z")));
}

TEST_CASE("windows add up, and freezes take away from all of them") {
    const Rule nights = rule(Kind::window, {times("2026-05-01T22:00", 4h, "FREQ=DAILY")});
    const Rule sundays = rule(Kind::window, {times("2026-05-03T00:00", 24h, "FREQ=WEEKLY")});
    const Rule fair = rule(Kind::freeze, {times("2026-05-03T01:00", 3h)});
    const Openings open = openings({{&nights, &utc()}, {&sundays, &utc()}, {&fair, &utc()}},
                                   at("2026-05-02T12:00:00Z"), 3 * 24h);
    REQUIRE(open.open.size() == 3);
    CHECK(open.open[0] == Interval{at("2026-05-02T22:00:00Z"), at("2026-05-03T01:00:00Z")});
    CHECK(open.open[1] == Interval{at("2026-05-03T04:00:00Z"), at("2026-05-04T02:00:00Z")});
    CHECK(open.open[2] == Interval{at("2026-05-04T22:00:00Z"), at("2026-05-05T02:00:00Z")});
    CHECK_FALSE(open.is_open(at("2026-05-03T02:00:00Z")));
    CHECK(open.at_or_after(at("2026-05-03T02:00:00Z"))->from == at("2026-05-03T04:00:00Z"));
    CHECK(open.touches(at("2026-05-03T02:00:00Z"), at("2026-05-03T05:00:00Z")));
    CHECK_FALSE(open.touches(at("2026-05-03T02:00:00Z"), at("2026-05-03T04:00:00Z")));
}

TEST_CASE("a freeze alone leaves the rest of the time open") {
    const Rule hours =
        rule(Kind::freeze, {times("2026-05-01T08:00", 10h, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")});
    const Openings open = openings({{&hours, &utc()}}, at("2026-05-01T12:00:00Z"));
    CHECK_FALSE(open.always());
    CHECK(open.at_or_after(open.from)->from == at("2026-05-01T18:00:00Z"));
    CHECK(open.at_or_after(open.from)->to == at("2026-05-04T08:00:00Z"));
}

TEST_CASE("a window that never opens is known to be one") {
    const Rule past = rule(Kind::window, {times("2026-05-01T22:00", 4h, "FREQ=DAILY;COUNT=3")});
    CHECK(openings({{&past, &utc()}}, at("2026-06-01T00:00:00Z")).never());
    // The 31st of every 12th month that begins in April.
    const Rule never =
        rule(Kind::window, {times("2026-04-30T22:00", 4h, "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31")});
    CHECK(openings({{&never, &utc()}}, at("2026-06-01T00:00:00Z")).never());
    const Rule shut = rule(Kind::window, {times("2026-05-01T22:00", 4h, "FREQ=DAILY")});
    CHECK(openings({{&shut, nullptr}}, at("2026-06-01T00:00:00Z")).never());
    const Rule frozen = rule(Kind::freeze, {times("2026-05-01T00:00", 24h, "FREQ=DAILY")});
    CHECK(openings({{&shut, &utc()}, {&frozen, &utc()}}, at("2026-06-01T00:00:00Z")).never());
}

TEST_CASE("a rare window is found beyond the usual reach") {
    const Rule rare = rule(Kind::window, {times("2026-01-15T22:00", 4h, "FREQ=MONTHLY;INTERVAL=12")});
    const Openings open = openings({{&rare, &utc()}}, at("2026-06-01T00:00:00Z"));
    REQUIRE(open.at_or_after(open.from) != nullptr);
    CHECK(open.at_or_after(open.from)->from == at("2027-01-15T22:00:00Z"));
}

TEST_CASE("uniting and taking away agree with asking minute by minute") {
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same run each time
    const auto some = [&](int count) {
        std::vector<Interval> made;
        for (int i = 0; i < count; ++i) {
            const int from = static_cast<int>(random() % 100);
            made.push_back(
                {base::from_unix_ms(from), base::from_unix_ms(from + static_cast<int>(random() % 20))});
        }
        return made;
    };
    const auto holds = [](const std::vector<Interval>& all, int at) {
        return std::ranges::any_of(all, [&](const Interval& each) {
            return each.from <= base::from_unix_ms(at) && base::from_unix_ms(at) < each.to;
        });
    };
    for (int round = 0; round < 300; ++round) {
        const auto windows = some(static_cast<int>(random() % 6));
        const auto freezes = some(static_cast<int>(random() % 6));
        const auto left = without(united(windows), united(freezes));
        for (int at = 0; at < 130; ++at)
            CHECK(holds(left, at) == (holds(windows, at) && !holds(freezes, at)));
        for (std::size_t i = 0; i + 1 < left.size(); ++i)
            CHECK(left[i].to <= left[i + 1].from);
    }
}

TEST_CASE("a rule yields to rollouts that cannot wait") {
    Rule made = rule(Kind::freeze, {times("2026-05-01T00:00", 1h)});
    CHECK(binds(made, Priority::emergency));
    made.yields_to = Priority::urgent;
    CHECK(binds(made, Priority::normal));
    CHECK_FALSE(binds(made, Priority::urgent));
    CHECK_FALSE(binds(made, Priority::emergency));
}

TEST_CASE("what is not a rule is refused with its field") {
    const Rule good = rule(Kind::window, {times("2026-05-01T00:00", 1h)});
    CHECK(check(good).ok());
    const auto where = [](Rule bad) {
        const base::Status status = check(bad);
        return status.ok() ? std::string() : status.error().where;
    };
    Rule bad = good;
    bad.name = "Nights!";
    CHECK(where(bad) == "/name");
    bad = good;
    bad.times.clear();
    CHECK(where(bad) == "/times");
    bad = good;
    bad.zone = "../Berlin";
    CHECK(where(bad) == "/zone");
    bad = good;
    bad.zone_if_unknown.clear();
    CHECK(where(bad).empty());
    bad.kind = Kind::freeze;
    CHECK(where(bad) == "/zone_if_unknown");
    bad.zone = "Europe/Berlin";
    CHECK(where(bad).empty());
}
