// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <rehearsal/report.hpp>

#include <algorithm>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rehearsal;

namespace {

Report report_of(const Scene& scene, std::uint32_t runs) {
    Report report;
    report.name = "spring";
    report.setting.plan = scene.plan;
    report.setting.start = scene.start;
    report.setting.offline = scene.offline;
    report.conditions.failure_rate = 0.005;
    report.fleet.synthetic = true;
    report.play(scene, runs);
    return report;
}

bool says(const std::vector<std::string>& sentences, std::string_view part) {
    return std::ranges::any_of(sentences,
                               [&](const std::string& each) { return each.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("times are said as people say them") {
    CHECK(in_words(45) == "45 s");
    CHECK(in_words(35 * 60) == "35 min");
    CHECK(in_words(5.5 * 3'600) == "5.5 h");
    CHECK(in_words(47 * 3'600) == "47 h");
    CHECK(in_words(50 * 3'600) == "2.1 days");
    CHECK(in_words(30 * 86'400) == "30 days");
}

TEST_CASE("the sentence says how long it takes, and what a bad release gets to") {
    const Report report = report_of(test::scene_of(20'000), 3);
    const std::string said = sentence(report);
    INFO(said);
    CHECK(said.starts_with("Half of the devices are patched after "));
    CHECK(said.find("; a release that fails on 10 % of them gets to ") != std::string::npos);
    CHECK(says(assumptions(report), "Europe/Berlin 30 %"));
    CHECK(says(assumptions(report), "The release fails on 0.5 % of devices"));
    Report none;
    CHECK(sentence(none) == "No device is in reach of this plan.");
}

TEST_CASE("what keeps a plan from its end is said") {
    Scene scene = test::scene_of(40);
    Report report = report_of(scene, 2);
    CHECK(says(warnings(report), "In 2 of 2 runs a gate asks a person, who answers after 8 h"));
    report = Report();
    report.setting.plan = scene.plan;
    report.conditions.person_after.reset();
    report.play(scene, 2);
    CHECK(says(warnings(report), "runs a gate kept the next wave shut to the end: "));
    CHECK(says(warnings(report), "who does not answer."));
    report.fleet.notes.never_open = 3;
    report.fleet.notes.zone_unknown = 1;
    CHECK(says(warnings(report), "For 3 devices no window opens within 10 days."));
    CHECK(says(warnings(report), "Of 1 device with a window or freeze the time zone is not known."));
    CHECK(sentence(report).starts_with("Half of the devices are not reached within 10 days: "));
}

TEST_CASE("each wave says whether its gate can prove anything") {
    const Scene scene = test::scene_of(5'000);
    const Report report = report_of(scene, 1);
    CHECK(gate_words(scene.plan.waves[0], report.figures.waves[0]) ==
          "It takes 70 devices without a failure to know that at most 5 % fail: it can be proven here.");
    CHECK(gate_words(scene.plan.waves[2], report.figures.waves[2]) ==
          "the last one: its gate can only halt it");
    Figures::Wave few{
        .name = "canary", .devices = 9, .opens = 0, .devices_to_prove = 70, .devices_by_then = 9};
    CHECK(gate_words(scene.plan.waves[0], few).ends_with("not proven here; a person opens the next wave."));
}

TEST_CASE("who has no more time gets nothing, and at once") {
    Report report;
    const Scene scene = test::scene_of(500);
    report.setting.plan = scene.plan;
    int asked = 0;
    CHECK_FALSE(report.play(scene, 50, [&] { return ++asked > 30; }));
    CHECK(asked == 31);
    CHECK(report.bad.empty());
    CHECK(report.play(scene, 1, [] { return false; }));
}
