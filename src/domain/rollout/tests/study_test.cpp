// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <rollout/study.hpp>
#include <string>

using namespace oakum::rollout;

namespace {

// The most events among so many runs that a true rate of `error` explains: a one-sided binomial test at 0.1
// %.
std::uint32_t most(std::uint32_t runs, double error) {
    double log_chance = runs * std::log1p(-error);
    double below = std::exp(log_chance);
    std::uint32_t k = 0;
    while (below < 0.999) {
        log_chance +=
            std::log(static_cast<double>(runs - k) / (k + 1)) + std::log(error) - std::log1p(-error);
        below += std::exp(log_chance);
        ++k;
    }
    return k;
}

} // namespace

TEST_CASE("10,000 rollouts at and around the tolerated rate are decided falsely no more often than stated") {
    struct World {
        std::uint32_t delay;
        double silent_share;
    };
    for (const double tolerated : {0.01, 0.05}) {
        for (const World& world : {World{0, 0}, World{200, 0}, World{60, 0.5}}) {
            Study setup;
            setup.tolerance.tolerated = tolerated;
            setup.devices = 2'000;
            setup.delay = world.delay;
            setup.silent_share = world.silent_share;
            CAPTURE(tolerated);
            CAPTURE(world.delay);
            for (const double factor : {0.5, 1.0}) {
                setup.true_rate = tolerated * factor;
                CHECK(study(setup).halted <= most(setup.runs, setup.tolerance.halt_error));
            }
            for (const double factor : {1.0, 1.5}) {
                setup.true_rate = tolerated * factor;
                CHECK(study(setup).proceeded <= most(setup.runs, setup.tolerance.proceed_error));
            }
        }
    }
}

TEST_CASE("a bad release is halted after few devices, and a good one goes on") {
    Study setup;
    setup.runs = 2'000;
    setup.devices = 5'000;
    setup.tolerance.tolerated = 0.01;
    setup.true_rate = 0.3; // the shape of July 2024: a third does not come back
    const StudyResult bad = study(setup);
    CHECK(bad.halted == setup.runs);
    REQUIRE(bad.median_devices_at_decision.has_value());
    CHECK(*bad.median_devices_at_decision <= 10);
    setup.true_rate = 0.001;
    setup.tolerance.tolerated = 0.02;
    const StudyResult good = study(setup);
    CHECK(good.halted <= most(setup.runs, 0.01));
    CHECK(good.proceeded > setup.runs * 95 / 100);
    CHECK(*good.median_devices_at_decision < 400);
    MESSAGE("a release of which 30 % fail: halted after ", *bad.median_devices_at_decision,
            " devices (median); one of which 0.1 % fail is proven below 2 % after ",
            *good.median_devices_at_decision);
}

TEST_CASE("a fixed share, looked at after every report, halts good releases") {
    Study setup;
    setup.runs = 2'000;
    setup.devices = 2'000;
    setup.tolerance.tolerated = 0.05;
    setup.true_rate = 0.01;
    const StudyResult fixed = study_fixed_share(setup, 20);
    const StudyResult ours = study(setup);
    CHECK(fixed.halted > setup.runs / 20);
    CHECK(ours.halted <= most(setup.runs, 0.01));
    setup.true_rate = 0.2;
    const StudyResult fixed_bad = study_fixed_share(setup, 20);
    const StudyResult ours_bad = study(setup);
    MESSAGE("1 % true, 5 % tolerated: a fixed share halts ", fixed.halted, " of ", setup.runs, ", this gate ",
            ours.halted, "; 20 % true: after ", *fixed_bad.median_devices_at_decision, " and ",
            *ours_bad.median_devices_at_decision, " devices");
}

TEST_CASE("a study is a function of its seed") {
    Study setup;
    setup.runs = 200;
    setup.devices = 500;
    const StudyResult once = study(setup);
    const StudyResult again = study(setup);
    CHECK(once.halted == again.halted);
    CHECK(once.proceeded == again.proceeded);
    CHECK(once.halted + once.proceeded + once.undecided == 200);
    setup.true_rate = 0;
    setup.devices = 10;
    const StudyResult none = study(setup);
    CHECK(none.undecided == 200);
    CHECK_FALSE(none.median_devices_at_decision.has_value());
}
