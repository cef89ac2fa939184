// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <rollout/evidence.hpp>

#include <algorithm>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rehearsal;

namespace {

Seconds half_verified(const Run& run, std::uint32_t devices) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < run.minutes.size(); ++i) {
        sum += run.minutes[i].verified;
        if (sum * 2 >= devices) return static_cast<Seconds>(i * 60);
    }
    return kNever;
}

// All of it at once, with nothing but the gate in between.
Scene at_once(std::uint32_t devices, std::uint32_t tolerated_ppm) {
    Scene scene = test::scene_of(devices, rollout::Care::urgent);
    scene.plan.waves = {{"all", 1'000'000, scene.plan.waves[0].gate}};
    scene.plan.waves[0].gate.tolerated_failure_ppm = tolerated_ppm;
    return scene;
}

} // namespace

TEST_CASE("a good release reaches everybody, wave by wave, and settles") {
    const Scene scene = test::scene_of(5'000);
    const Run run = play(scene, {.seed = 1});
    CHECK(run.whole.verified == 5'000);
    CHECK(run.state == rollout::State::finished);
    std::vector<rollout::Event> events;
    for (const Turn& turn : run.turns)
        events.push_back(turn.event);
    using enum rollout::Event;
    CHECK(events == std::vector{start, proceed, proceed, settle, finish});
    CHECK(run.turns[1].sentence.find("in all, fewer than 5 % fail") != std::string::npos);
    CHECK(run.wave_devices[0] + run.wave_devices[1] + run.wave_devices[2] == 5'000);
    CHECK(run.asked_person == 0);
}

TEST_CASE("the same seed plays the same run, and another one another") {
    const Scene scene = test::scene_of(2'000);
    std::vector<End> first, again, other;
    const Run a = play(scene, {.failure_rate = 0.02, .seed = 4}, &first);
    const Run b = play(scene, {.failure_rate = 0.02, .seed = 4}, &again);
    play(scene, {.failure_rate = 0.02, .seed = 5}, &other);
    CHECK(first == again);
    CHECK(a.device_seconds == b.device_seconds);
    CHECK(first != other);
}

TEST_CASE("a bad release halts, and what is under way then is all that it can still reach") {
    const Scene scene = test::scene_of(20'000);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Run run = play(scene, {.failure_rate = 0.3, .seed = seed});
        REQUIRE(run.halt);
        CHECK(run.state == rollout::State::halted);
        // The canary is 2 % of them, and nobody else was asked.
        CHECK(run.whole.started + run.withdrawn <= run.wave_devices[0]);
        CHECK(run.restarted <= run.wave_devices[0]);
        CHECK(run.halt->restarted <= run.restarted);
        // The gate had what it needs, and with one failure fewer it had not.
        const rollout::Gate& gate = scene.plan.waves[0].gate;
        const double tolerated = gate.tolerated_failure_ppm / 1e6;
        const double errors = gate.halt_error_ppm / 1e6;
        const rollout::Counts& whole = run.halt->whole;
        bool shown = rollout::shown_above(whole.started, rollout::bad(whole), {tolerated, errors / 2, 0.05});
        shown =
            shown || rollout::shown_above(whole.started, rollout::bad(whole), {tolerated, errors / 8, 0.05});
        // A model of its own may have been the reason.
        CHECK((shown || run.turns.back().sentence.find("of model") != std::string::npos));
    }
}

TEST_CASE(
    "a number of failures that stops at once lets through no more than what was under way beside them") {
    Scene scene = at_once(5'000, 900'000);
    scene.plan.waves[0].gate.hard_stop = 3;
    scene.groups = {{"all", 5'000, 10}};
    for (Kind& kind : scene.kinds)
        kind.groups = {0};
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Run run = play(scene, {.failure_rate = 0.5, .goes_silent = 0, .seed = seed});
        REQUIRE(run.halt);
        CHECK(rollout::bad(run.halt->whole) == 3);
        CHECK(run.halt->whole.pending <= 10);
        CHECK(rollout::bad(run.whole) <= 13);
    }
}

TEST_CASE("a release that fails as often as is tolerated is halted no more often than the plan states") {
    int halted = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const Run run = play(at_once(1'000, 50'000), {.failure_rate = 0.05, .seed = seed});
        halted += run.halt ? 1 : 0;
    }
    CHECK(halted <= 10); // 1 %: by chance above ten in one of 5,000 such tests
}

TEST_CASE("devices that never come back halt it too, once they count as silent") {
    Scene scene = test::scene_of(5'000);
    const Run run = play(scene, {.failure_rate = 0.4, .falls_back = 0, .goes_silent = 1, .seed = 2});
    REQUIRE(run.halt);
    CHECK(run.halt->whole.silent > 0);
    CHECK(run.gone >= run.halt->whole.silent);
    CHECK(run.broken == run.gone);
    CHECK(run.halt->at >= 24 * 3'600); // the plan's time after which a device is silent
}

TEST_CASE("nothing is written and nobody restarts outside of a window") {
    Scene scene = at_once(3'000, 50'000);
    scene.openings = {test::daily(scene.start, 1, 5, 90)};
    const Run run = play(scene, {.failure_rate = 0.01, .seed = 3});
    CHECK(run.whole.verified > 2'800);
    std::uint32_t downloads_outside = 0;
    for (std::size_t i = 0; i < run.minutes.size(); ++i) {
        const base::TimePoint at = scene.start + std::chrono::minutes(i);
        const bool inside = scene.openings[0].is_open(at);
        if (!inside) CHECK(run.minutes[i].writes + run.minutes[i].restarts == 0);
        downloads_outside += inside ? 0 : run.minutes[i].downloads;
    }
    CHECK(downloads_outside > 2'000); // its files are there before
    // Agents that cannot wait by themselves are asked while it is open.
    for (Kind& kind : scene.kinds)
        kind.keeps = false;
    const Run foreign = play(scene, {.seed = 3});
    for (std::size_t i = 0; i < foreign.minutes.size(); ++i)
        if (!scene.openings[0].is_open(scene.start + std::chrono::minutes(i)))
            CHECK(foreign.minutes[i].offers == 0);
    CHECK(foreign.whole.verified > 2'800);
}

TEST_CASE("a window that never opens keeps its devices out, and the others go on") {
    Scene scene = at_once(2'000, 50'000);
    scene.openings.emplace_back();
    scene.openings.back().from = scene.start;
    scene.openings.back().until = scene.start + std::chrono::hours(24 * 90);
    scene.kinds[1].openings = 1;
    const Run run = play(scene, {.seed = 1});
    const auto shut = static_cast<std::uint32_t>(std::ranges::count(scene.kind_of, 1U));
    CHECK(run.whole.verified == 2'000 - shut);
    CHECK(run.state == rollout::State::running); // somebody still waits
}

TEST_CASE("the more devices are out of reach, the longer it takes") {
    Seconds before = 0;
    for (const double offline : {0.0, 0.3, 0.7}) {
        Scene scene = at_once(3'000, 50'000);
        scene.offline = offline;
        const Run run = play(scene, {.seed = 1});
        const Seconds half = half_verified(run, 3'000);
        CHECK(half > before);
        before = half;
    }
}

TEST_CASE("no group has more out of service than its budget allows, at any moment, and all get their turn") {
    Scene scene = test::scene_of(2'000, rollout::Care::urgent, 20);
    scene.plan.waves = {{"all", 1'000'000, scene.plan.waves[0].gate}};
    scene.groups = {{"all", 2'000, 60}, {"cameras", 667, 7}};
    scene.kinds[0].groups = {0};
    scene.kinds[1].groups = {0, 1};
    scene.offline = 0.1;
    const Run run = play(scene, {.seed = 6});
    CHECK(run.most_out[0] == 60);
    CHECK(run.most_out[1] == 7);
    CHECK(run.whole.verified == 2'000);
    Scene shut = test::scene_of(100, rollout::Care::urgent);
    shut.groups = {{"all", 100, 0}};
    for (Kind& kind : shut.kinds)
        kind.groups = {0};
    CHECK(play(shut, {}).whole.started == 0);
}

TEST_CASE("where a wave proves nothing a person is asked, who opens what is well and stops what is not") {
    Scene small = test::scene_of(40);
    const Run well = play(small, {.person_after = 3'600, .seed = 2});
    CHECK(well.asked_person > 0);
    CHECK(well.whole.verified == 40);
    CHECK(std::ranges::any_of(well.turns, [](const Turn& turn) {
        return turn.event == rollout::Event::open_next_wave && turn.person;
    }));
    Conditions nobody;
    nobody.person_after.reset();
    nobody.seed = 2;
    const Run held = play(small, nobody);
    CHECK(held.state == rollout::State::running);
    CHECK(held.whole.verified < 40);
    CHECK_FALSE(held.held.empty());
    // Three of twenty in the canary fall back: that shows nothing, and a person looks at it.
    small = test::scene_of(1'000);
    for (std::uint64_t seed = 1; seed < 30; ++seed) {
        const Run unwell = play(small, {.failure_rate = 0.15, .person_after = 3'600, .seed = seed});
        if (unwell.state == rollout::State::halted && unwell.turns.back().person) return;
    }
    FAIL("no person ever stopped one");
}

TEST_CASE("what fails is tried again as often as the plan says") {
    Scene scene = at_once(300, 900'000);
    scene.plan.max_attempts = 4;
    std::vector<End> ends;
    const Run run =
        play(scene, {.failure_rate = 0.2, .falls_back = 0, .goes_silent = 0, .flaky = 0, .seed = 1}, &ends);
    CHECK(run.whole.failed > 20);
    for (const End& end : ends)
        if (end.state == install::State::failed) CHECK(end.attempt == 4);
}

TEST_CASE("a download that breaks off costs no attempt") {
    Scene scene = at_once(300, 900'000);
    scene.plan.max_attempts = 1;
    const Run run = play(scene, {.flaky = 1, .seed = 1});
    CHECK(run.whole.verified == 300);
}

TEST_CASE("a scene without devices is over as soon as it began") {
    const Run run = play(test::scene_of(0), {});
    CHECK(run.state == rollout::State::finished);
    CHECK(run.whole.started == 0);
}
