// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <rehearsal/figures.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rehearsal;

TEST_CASE("the times to half, nine tenths and all but one in a hundred follow one another") {
    Scene scene = test::scene_of(3'000);
    for (Kind& kind : scene.kinds)
        kind.points = 2;
    const Figures many = figures(scene, {.failure_rate = 0.002, .seed = 1}, 5).value();
    CHECK(many.devices == 3'000);
    CHECK(many.runs == 5);
    for (const Figures::Patched& patched : many.patched) {
        CHECK(patched.runs == 5);
        REQUIRE(patched.median);
        CHECK(*patched.median <= *patched.nine_of_ten);
    }
    CHECK(*many.patched[0].median <= *many.patched[1].median);
    CHECK(*many.patched[1].median <= *many.patched[2].median);
    CHECK(many.patched_at_end > 0.99);
    CHECK(many.mean.verified == doctest::Approx(2'994).epsilon(0.003));
    REQUIRE(many.waves.size() == 3);
    CHECK(many.waves[0].opens == 0.0);
    CHECK(*many.waves[1].opens > 1'800);
    CHECK(many.waves[0].devices_to_prove == 70);
    CHECK(many.waves[2].devices_by_then == 3'000);
    CHECK(many.waves[2].last);
}

TEST_CASE("the curve rises to the end, and what is open falls as it does") {
    Scene scene = test::scene_of(1'000);
    for (Kind& kind : scene.kinds)
        kind.points = 2;
    const Figures many = figures(scene, {.seed = 1}, 3).value();
    CHECK(many.points == doctest::Approx(2'000));
    REQUIRE(many.curve.size() > 50);
    CHECK(many.curve.front().patched == 0);
    CHECK(many.curve.front().points == doctest::Approx(2'000));
    for (std::size_t i = 1; i < many.curve.size(); ++i) {
        CHECK(many.curve[i].at >= many.curve[i - 1].at);
        CHECK(many.curve[i].patched >= many.curve[i - 1].patched);
        CHECK(many.curve[i].points == doctest::Approx(2'000 * (1 - many.curve[i].patched)));
    }
    CHECK(many.curve.back().patched == 1);
    // Each device counts until it is patched.
    CHECK(many.device_days > 0);
    CHECK(many.device_days < 1'000 * 2);
}

TEST_CASE("what half of the runs do not reach is not given a time") {
    Scene scene = test::scene_of(400);
    scene.plan.waves.back().share_ppm = 600'000;
    const Figures many = figures(scene, {.seed = 1}, 4).value();
    CHECK(many.patched[0].median);
    CHECK_FALSE(many.patched[1].median);
    CHECK(many.patched[1].runs == 0);
    CHECK(many.not_asked == doctest::Approx(160).epsilon(0.2));
}

TEST_CASE("steady polls follow from cadences, and the highest minute of downloads from the open waves") {
    Scene scene = test::scene_of(3'000, rollout::Care::urgent);
    scene.offline = 0.5;
    const Figures many = figures(scene, {.seed = 1}, 2).value();
    CHECK(many.load.polls == doctest::Approx(3'000 / 300.0 / 2));
    CHECK(many.load.offers > 1);
    CHECK(many.load.downloading > 10);
    CHECK(many.load.reports > many.load.offers);
}

TEST_CASE("the worse a release is, the fewer devices it reaches before it halts") {
    const Scene scene = test::scene_of(20'000);
    CHECK(bad_rates(scene.plan) == std::vector{0.1, 0.25, 0.5});
    const BadRelease bad = bad_release(scene, {.seed = 1}, 0.25, 8).value();
    const BadRelease worse = bad_release(scene, {.seed = 1}, 0.5, 8).value();
    CHECK(bad.halted == 8);
    CHECK(worse.halted == 8);
    CHECK(bad.restarted.median >= worse.restarted.median);
    CHECK(bad.restarted.nine_of_ten >= bad.restarted.median);
    CHECK(bad.restarted_at_most >= bad.restarted.nine_of_ten);
    CHECK(bad.restarted_at_most <= 450); // its canary
    CHECK(bad.broken.median > 0);
}

TEST_CASE("a good release is not halted, and its bad twin says so of itself") {
    const BadRelease good = bad_release(test::scene_of(500), {.seed = 1}, 0, 3).value();
    CHECK(good.halted == 0);
    CHECK(good.restarted.median == 0);
    CHECK(good.restarted_at_most == 500);
}
