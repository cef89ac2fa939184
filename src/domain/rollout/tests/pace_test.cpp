// SPDX-License-Identifier: Apache-2.0
#include <rollout/pace.hpp>
#include <rollout/place.hpp>
#include <rollout/preset.hpp>

#include <deque>
#include <doctest/doctest.h>
#include <random>

using namespace oakum;
using namespace oakum::rollout;

TEST_CASE("a rate that grows doubles after so many minutes' worth of devices, and stops where it is told") {
    const Pace pace{.per_minute = 10, .doubles_after_minutes = 5, .up_to_per_minute = 65};
    CHECK(rate_of(pace, 0) == 10);
    CHECK(rate_of(pace, 49) == 10);
    CHECK(rate_of(pace, 50) == 20); // five minutes at 10
    CHECK(rate_of(pace, 149) == 20);
    CHECK(rate_of(pace, 150) == 40); // five more at 20
    CHECK(rate_of(pace, 349) == 40);
    CHECK(rate_of(pace, 350) == 65);
    CHECK(rate_of(pace, std::uint64_t{1} << 40) == 65);
    CHECK(rate_of({.per_minute = 7}, 1'000'000) == 7);
}

TEST_CASE("a minute never has more devices than its rate, wherever it begins, and as many where they come") {
    std::mt19937_64 dice(7);
    for (const std::uint32_t rate : {1U, 3U, 60U, 500U}) {
        Begun begun;
        std::deque<double> times; // of the last minute, to the millisecond
        std::uint64_t began = 0;
        double now = 5;
        const double end = now + 3'600;
        while (now < end) {
            now += static_cast<double>(dice() % 1'000) / 1'000 * (dice() % 50 == 0 ? 60 : 0.2);
            const auto second = static_cast<std::int64_t>(now);
            while (!times.empty() && times.front() <= now - 60)
                times.pop_front();
            const bool may = begun.room_from(second, rate) == second;
            CHECK((begun.left(second, rate) > 0) == may);
            if (!may) continue;
            begun.add(second);
            times.push_back(now);
            ++began;
            REQUIRE(times.size() <= rate);
        }
        // Devices come often enough: not a slot in ten is lost.
        CHECK(began > (rate > 100 ? 0 : rate * 40));
    }
}

TEST_CASE("when the next may begin is the first second in which it is let in") {
    std::mt19937_64 dice(11);
    for (int round = 0; round < 200; ++round) {
        Begun begun;
        const auto rate = static_cast<std::uint32_t>(1 + dice() % 6);
        std::int64_t now = 0;
        for (int i = 0; i < 40; ++i) {
            now += static_cast<std::int64_t>(dice() % 9);
            const std::int64_t from = begun.room_from(now, rate);
            for (std::int64_t each = now; each < from; ++each)
                CHECK(begun.left(each, rate) == 0);
            CHECK(begun.left(from, rate) > 0);
            CHECK(from <= now + 61);
            if (from == now) begun.add(now);
        }
    }
}

TEST_CASE("where nobody knows what began before, nothing begins until that no longer matters") {
    Begun begun(100);
    CHECK(begun.left(99, 5) == 0);
    CHECK(begun.room_from(40, 5) == 100);
    CHECK(begun.left(100, 5) == 5);
}

TEST_CASE("a pace holds a device back for those under way first, then for the rate, and says until when") {
    const Pace pace{.max_in_flight = 3, .per_minute = 2};
    Begun begun;
    CHECK_FALSE(slowed(pace, 0, 0, begun, 10));
    CHECK(room(pace, 0, 0, begun, 10) == 2);
    begun.add(10);
    begun.add(12);
    const auto rate = slowed(pace, 2, 2, begun, 20);
    REQUIRE(rate);
    CHECK(rate->by == Slowed::By::rate);
    CHECK(rate->room_from == 71);
    CHECK(in_words(*rate, "canary") == "wave \"canary\": at most 2 begin in a minute");
    const auto full = slowed(pace, 3, 3, begun, 71);
    REQUIRE(full);
    CHECK(in_words(*full, "canary") == "wave \"canary\": 3 of at most 3 are under way");
    CHECK(room(pace, 3, 3, begun, 71) == 0);
    CHECK(room(pace, 3, 2, begun, 71) == 1);
    CHECK_FALSE(room({}, 3, 2, begun, 71)); // nothing is said
    CHECK(in_words(pace) == "at most 3 under way, 2 a minute");
    CHECK(in_words(Pace{.per_minute = 5, .doubles_after_minutes = 10, .up_to_per_minute = 80}) ==
          "at most 5 a minute, doubling after each 10 minutes' worth of devices up to 80");
    CHECK(in_words(Pace{}).empty());
}

TEST_CASE("a pace that means nothing is refused where it stands") {
    const auto where = [](const Pace& pace) {
        Plan plan = preset(Care::normal);
        plan.name = "p";
        plan.release = ReleaseId(base::Id128{1, 1});
        plan.waves[1].pace = pace;
        const auto status = check(plan);
        return status.ok() ? "" : status.error().where;
    };
    CHECK(where({}) == "");
    CHECK(where({.max_in_flight = 1}) == "");
    CHECK(where({.per_minute = 1, .doubles_after_minutes = 1, .up_to_per_minute = 2}) == "");
    CHECK(where({.per_minute = kMostPerMinute + 1}) == "/waves/1/pace/per_minute");
    CHECK(where({.max_in_flight = kMostInFlight + 1}) == "/waves/1/pace/max_in_flight");
    CHECK(where({.doubles_after_minutes = 1, .up_to_per_minute = 2}) ==
          "/waves/1/pace/doubles_after_minutes");
    CHECK(where({.per_minute = 3, .doubles_after_minutes = 1}) == "/waves/1/pace/doubles_after_minutes");
    CHECK(where({.per_minute = 3, .up_to_per_minute = 9}) == "/waves/1/pace/up_to_per_minute");
    CHECK(where({.per_minute = 3, .doubles_after_minutes = 1, .up_to_per_minute = 3}) ==
          "/waves/1/pace/up_to_per_minute");
}
