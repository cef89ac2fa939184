// SPDX-License-Identifier: Apache-2.0
// What is skipped changes nothing: the same world with every poll of every device played (reference.hpp)
// comes to the same, device by device.
#include "reference.hpp"
#include "world.hpp"

#include <doctest/doctest.h>
#include <map>

using namespace oakum;
using namespace oakum::rehearsal;

namespace {

// All that a scene can have: four turns, three kinds of windows, agents that keep them and such that do not.
Scene mixed(std::uint32_t devices, rollout::Care care, int days) {
    Scene scene = test::scene_of(0, care, days);
    scene.openings.push_back(test::daily(scene.start, 1, 5, days + 80));
    scene.openings.push_back(test::daily(scene.start, 10, 11, 2)); // from the third day on never again
    scene.kinds.clear();
    for (const std::uint32_t turn : {300U, 900U, 3'600U, 10'800U})
        for (const std::uint32_t openings : {0U, 1U, 0U, 2U})
            for (const bool keeps : {true, false})
                scene.kinds.push_back(
                    {.model = turn % 2, .turn = turn, .keeps = keeps, .openings = openings});
    for (std::uint32_t device = 0; device < devices; ++device)
        scene.kind_of.push_back(device * 7 % static_cast<std::uint32_t>(scene.kinds.size()));
    scene.offline = 0.15;
    return scene;
}

std::uint64_t polls_played = 0; // by the last reference

void check_alike(const Scene& scene, const Conditions& conditions, const std::string& what) {
    INFO(what);
    std::vector<End> ends;
    const Run run = play(scene, conditions, &ends);
    test::Reference reference(scene, conditions);
    const std::vector<End> plain = reference.play();
    REQUIRE(ends.size() == plain.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (ends[i] == plain[i]) continue;
        if (++different > 3) continue;
        MESSAGE("device ", i, ": asked ", ends[i].asked, " / ", plain[i].asked, ", ",
                install::to_string(ends[i].state), " / ", install::to_string(plain[i].state), " since ",
                ends[i].since, " / ", plain[i].since, ", attempt ", int(ends[i].attempt), " / ",
                int(plain[i].attempt));
    }
    CHECK(different == 0);
    CHECK(run.state == reference.state());
    REQUIRE(run.turns.size() == reference.turns.size());
    for (std::size_t i = 0; i < run.turns.size(); ++i) {
        CHECK(run.turns[i].at == reference.turns[i].first);
        CHECK(run.turns[i].event == reference.turns[i].second);
    }
    for (std::size_t i = 0; i < scene.groups.size(); ++i)
        CHECK(reference.most_out[i] <= scene.groups[i].allowed);
    polls_played = reference.polls;
}

} // namespace

TEST_CASE("10,000 devices come to the same, one by one, as when each of their polls is played") {
    Scene scene = mixed(10'000, rollout::Care::normal, 4);
    check_alike(scene, {.failure_rate = 0.02, .seed = 1}, "windows and outages");
    CHECK(polls_played > 3'000'000);
}

TEST_CASE("so they do where budgets let few of a group go at once") {
    Scene scene = mixed(3'000, rollout::Care::urgent, 2);
    scene.groups = {{"all", 3'000, 150}, {"third", 1'000, 20}, {"pairs", 2, 1}};
    for (std::size_t i = 0; i < scene.kinds.size(); ++i) {
        scene.kinds[i].groups = {0};
        if (i % 3 == 0) scene.kinds[i].groups.push_back(1);
        if (i == 5) scene.kinds[i].groups = {2, 0};
    }
    check_alike(scene, {.failure_rate = 0.01, .seed = 2}, "budgets");
}

TEST_CASE("so they do where waves go at a pace of their own, beside windows and budgets") {
    for (std::uint32_t seed = 40; seed < 48; ++seed) {
        Scene scene =
            mixed(600 + seed * 20, seed % 2 == 0 ? rollout::Care::urgent : rollout::Care::normal, 3);
        scene.plan.waves[0].pace = {.max_in_flight = 1 + seed % 5};
        scene.plan.waves[1].pace = {.per_minute = 1 + seed % 3};
        scene.plan.waves.back().pace = {.max_in_flight = seed % 3 == 0 ? 0U : 40U,
                                        .per_minute = 2,
                                        .doubles_after_minutes = 10,
                                        .up_to_per_minute = 9};
        if (seed % 4 == 0) {
            scene.groups = {{"all", scene.size(), 25}, {"third", 200, 6}};
            for (std::size_t i = 0; i < scene.kinds.size(); ++i)
                scene.kinds[i].groups = i % 3 == 0 ? std::vector<std::uint32_t>{1, 0} : std::vector{0U};
        }
        Conditions conditions{.failure_rate = 0.01, .flaky = 0.1, .seed = seed};
        conditions.person_after = 3'600;
        check_alike(scene, conditions, "world " + std::to_string(seed));
    }
}

TEST_CASE("a pace is kept: as few at once and in a minute as it says, and the rest later") {
    Scene scene = mixed(2'000, rollout::Care::urgent, 3);
    for (Kind& kind : scene.kinds)
        kind.openings = 0;
    scene.offline = 0;
    scene.plan.waves = {{"all", 1'000'000, scene.plan.waves.back().gate}};
    scene.plan.waves[0].pace = {.per_minute = 4, .doubles_after_minutes = 30, .up_to_per_minute = 16};
    std::vector<End> ends;
    const Run run = play(scene, {.seed = 3}, &ends);
    std::map<Seconds, int> asked;
    for (const End& end : ends)
        if (end.asked != kNever) ++asked[end.asked];
    std::uint64_t before = 0;
    for (auto at = asked.begin(); at != asked.end(); before += static_cast<std::uint64_t>(at++->second)) {
        int minute = 0;
        for (auto each = at; each != asked.end() && each->first < at->first + 60; ++each)
            minute += each->second;
        CHECK(minute <= 16);
        if (before < 90) CHECK(minute <= 4); // 120 devices come at 4 a minute
    }
    CHECK(run.whole.started > 1'900);
    CHECK(asked.rbegin()->first > 2 * 3'600);
    CHECK(asked.rbegin()->first < 8 * 3'600);
}

TEST_CASE("so they do when it halts, in the devices that were under way as well") {
    Scene scene = mixed(4'000, rollout::Care::urgent, 2);
    scene.offline = 0.3;
    check_alike(scene, {.failure_rate = 0.3, .seed = 3}, "halted");
    for (rollout::Wave& wave : scene.plan.waves)
        wave.gate.tolerated_failure_ppm = 900'000, wave.gate.hard_stop = 300;
    check_alike(scene, {.failure_rate = 0.2, .falls_back = 0.1, .goes_silent = 0.3, .seed = 4},
                "stopped late");
}

TEST_CASE("so they do when people are asked, and in many small worlds") {
    for (std::uint32_t seed = 10; seed < 24; ++seed) {
        Scene scene = mixed(20 + seed * 7, seed % 2 == 0 ? rollout::Care::normal : rollout::Care::careful, 4);
        scene.offline = static_cast<double>(seed % 5) * 0.2;
        scene.plan.step_timeout = std::chrono::minutes(30);
        scene.plan.max_attempts = 2;
        scene.groups = {{"all", scene.size(), 5}};
        if (seed % 3 == 0)
            for (Kind& kind : scene.kinds)
                kind.groups = {0};
        Conditions conditions{
            .failure_rate = static_cast<double>(seed % 4) * 0.1, .flaky = 0.3, .seed = seed};
        conditions.person_after = 3'600;
        if (seed % 7 == 0) conditions.person_after.reset();
        check_alike(scene, conditions, "world " + std::to_string(seed));
    }
}
