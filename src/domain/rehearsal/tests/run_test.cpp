// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rehearsal;

TEST_CASE("a good release reaches everybody, wave by wave, and settles") {
    const Scene scene = test::scene_of(5'000);
    const Run run = play(scene, {.seed = 1});
    CHECK(run.whole.verified == 5'000);
    CHECK((run.state == rollout::State::settled || run.state == rollout::State::finished));
    std::vector<rollout::Event> events;
    for (const Turn& turn : run.turns)
        events.push_back(turn.event);
    REQUIRE(events.size() >= 4);
    CHECK(events[0] == rollout::Event::start);
    CHECK(events[1] == rollout::Event::proceed);
    CHECK(events[2] == rollout::Event::proceed);
    CHECK(events[3] == rollout::Event::settle);
}
