// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <device/lifecycle.hpp>
#include <rehearsal/habits.hpp>

#include <cmath>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rehearsal;

namespace {

Scene of_turns(double offline) {
    Scene scene = test::scene_of(0);
    scene.offline = offline;
    scene.kinds.clear();
    for (const std::uint32_t turn : {1U, 60U, 301U, 3'600U, 21'600U, 86'400U})
        scene.kinds.push_back({.turn = turn});
    for (std::uint32_t device = 0; device < 60; ++device)
        scene.kind_of.push_back(device % 6);
    return scene;
}

} // namespace

TEST_CASE("the next poll is the first second in which the device polls, and the previous one the last") {
    for (const double offline : {0.0, 0.05, 0.4, 0.9}) {
        const Scene scene = of_turns(offline);
        const Habits habits(scene, {.seed = 7});
        for (std::uint32_t device = 0; device < scene.size(); device += offline > 0.5 ? 5 : 1) {
            const Seconds from = 90'000 + device * 977;
            Seconds walked = from;
            while (walked <= scene.horizon && !habits.is_poll(device, walked))
                ++walked;
            CHECK(habits.next_poll(device, from) == (walked <= scene.horizon ? walked : kNever));
            if (walked > scene.horizon) continue;
            CHECK(habits.previous_poll(device, walked) == walked);
            if (walked > from) {
                const std::int64_t before = habits.previous_poll(device, from);
                CHECK(before < from);
                if (before >= 0) CHECK(habits.next_poll(device, static_cast<Seconds>(before) + 1) == walked);
            }
        }
    }
}

TEST_CASE("a device is out of reach for the share that was asked for") {
    for (const double offline : {0.02, 0.1, 0.5, 0.9}) {
        const Scene scene = of_turns(offline);
        const Habits habits(scene, {.seed = 3});
        std::uint64_t out = 0, all = 0;
        for (std::uint32_t device = 0; device < scene.size(); ++device)
            for (Seconds second = 0; second < 30 * 86'400; second += 997, ++all)
                out += habits.in_reach(device, second) ? 0 : 1;
        CHECK(static_cast<double>(out) / static_cast<double>(all) == doctest::Approx(offline).epsilon(0.06));
    }
}

TEST_CASE("work goes on in reach only") {
    const Scene scene = of_turns(0.3);
    const Habits habits(scene, {.seed = 5});
    for (std::uint32_t device = 0; device < scene.size(); ++device) {
        Seconds left = 5'000, second = 40'000 + device * 311;
        const Seconds from = second;
        for (; left > 0; ++second)
            left -= habits.in_reach(device, second) ? 1 : 0;
        CHECK(habits.after_work(device, from, 5'000) == second);
    }
    const Scene steady = of_turns(0);
    CHECK(Habits(steady, {}).after_work(3, 100, 5'000) == 5'100);
}

TEST_CASE("a device falls quiet in the first second in which three of its turns are over") {
    const Scene scene = of_turns(0.5);
    const Habits habits(scene, {.seed = 9});
    int quiet = 0;
    for (std::uint32_t device = 0; device < scene.size(); ++device) {
        const std::uint32_t turn = scene.kind(device).turn;
        const Seconds from = 50'000, limit = 200'000;
        std::int64_t heard = habits.previous_poll(device, from);
        if (from >= device::quiet_from(heard, turn)) continue; // it is already
        Seconds walked = from + 1;
        for (; walked < limit; ++walked) {
            if (habits.is_poll(device, walked)) heard = walked;
            if (walked >= device::quiet_from(heard, turn)) break;
        }
        quiet += walked < limit ? 1 : 0;
        CHECK(habits.falls_quiet(device, from, limit) == (walked < limit ? walked : kNever));
    }
    CHECK(quiet > 20);
}

TEST_CASE("a release fails on the share of devices that was asked for, in the ways that were") {
    const Scene scene = test::scene_of(100'000);
    const Conditions conditions{.failure_rate = 0.1, .seed = 2};
    const Habits habits(scene, conditions);
    std::uint32_t bad = 0, back = 0, silent = 0;
    for (std::uint32_t device = 0; device < scene.size(); ++device) {
        const Fate fate = habits.fate(device);
        bad += fate == Fate::good ? 0 : 1;
        back += fate == Fate::falls_back ? 1 : 0;
        silent += fate == Fate::goes_silent ? 1 : 0;
    }
    CHECK(bad == doctest::Approx(10'000).epsilon(0.03));
    CHECK(back == doctest::Approx(6'000).epsilon(0.05));
    CHECK(silent == doctest::Approx(1'500).epsilon(0.1));
}

TEST_CASE("polls are spread over the turn") {
    const Scene scene = test::scene_of(30'000);
    const Habits habits(scene, {});
    std::vector<int> tenths(10);
    for (std::uint32_t device = 0; device < scene.size(); ++device)
        ++tenths[habits.phase(device) * 10 / habits.turn(device)];
    for (const int tenth : tenths)
        CHECK(tenth == doctest::Approx(3'000).epsilon(0.1));
}

TEST_CASE("devices keep to their cadence within a tenth") {
    const Scene scene = of_turns(0);
    const Habits habits(scene, {});
    for (std::uint32_t device = 0; device < scene.size(); ++device) {
        const double told = scene.kind(device).turn;
        CHECK(habits.turn(device) >= std::floor(told * 0.9));
        CHECK(habits.turn(device) <= std::ceil(told * 1.1));
        CHECK(habits.next_poll(device, 90'001) - habits.previous_poll(device, 90'000) == habits.turn(device));
    }
}
