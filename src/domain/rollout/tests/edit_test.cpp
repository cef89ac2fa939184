// SPDX-License-Identifier: Apache-2.0
#include <rollout/edit.hpp>
#include <rollout/preset.hpp>

#include <doctest/doctest.h>
#include <set>

using namespace oakum;
using namespace oakum::rollout;

namespace {

Plan plan_of_three() {
    Plan plan = preset(Care::normal); // canary, early, rest
    plan.name = "spring";
    plan.release = ReleaseId(base::Id128{1, 1});
    return plan;
}

std::string refusal(const Plan& plan, std::optional<std::uint32_t> open, std::vector<Wave> waves) {
    const auto next = edited(plan, open, std::move(waves));
    return next.ok() ? "" : next.error().where + " " + next.error().message;
}

} // namespace

TEST_CASE("waves that have not opened can be changed, added and taken away") {
    const Plan plan = plan_of_three();
    auto waves = plan.waves;
    waves[1].share_ppm = 100'000;
    waves[1].pace.per_minute = 5;
    waves[2].query = "site = Kiel";
    waves.push_back({"all", 1'000'000, waves[0].gate});
    const auto next = edited(plan, 0, waves);
    REQUIRE(next.ok());
    CHECK(next->waves.size() == 4);
    CHECK(next->name == plan.name);
    CHECK(
        changes_in_words(plan.waves, next->waves) ==
        "wave 2 \"early\": share 10 % instead of 20 %, pace at most 5 a minute instead of no limit; "
        "wave 3 \"rest\": for site = Kiel instead of everybody; wave 4 \"all\" is new (100 % of everybody)");
    const auto fewer = edited(plan, 0, {plan.waves[0], plan.waves[2]});
    REQUIRE(fewer.ok());
    CHECK(changes_in_words(plan.waves, fewer->waves) == "wave 2 \"early\" is gone");
    // Before it began, all of them.
    waves[0].gate.soak = std::chrono::seconds(7);
    CHECK(edited(plan, std::nullopt, waves).ok());
}

TEST_CASE("a wave that has opened stays as it is, and is named") {
    const Plan plan = plan_of_three();
    auto waves = plan.waves;
    waves[1].gate.minimum = 3;
    CHECK(edited(plan, 0, waves).ok());
    CHECK(refusal(plan, 1, waves) ==
          "/waves/1 wave 2 \"early\" has opened, and stays as it is; only the waves after it "
          "can be changed: minimum 3 instead of 10");
    CHECK(refusal(plan, 1, {plan.waves[0]}).starts_with("/waves/1 wave 2 \"early\" has opened"));
    CHECK(refusal(plan, 0, {plan.waves[1], plan.waves[2]})
              .starts_with("/waves/0 wave 1 \"canary\" has opened"));
    CHECK(refusal(plan, 2, plan.waves) == " nothing would change");
    auto more = plan.waves;
    more.push_back({"again", 1'000'000, more[0].gate});
    CHECK(refusal(plan, 2, more).starts_with("/waves/3/share_ppm ")); // nobody is left for it
}

TEST_CASE("whatever a plan says is in its content, and nothing else") {
    std::set<std::string> contents;
    const auto add = [&](void (*change)(Plan&)) {
        Plan plan = plan_of_three();
        change(plan);
        CHECK(contents.insert(content_of(plan).hex()).second);
    };
    add([](Plan&) {});
    add([](Plan& p) { p.name = "x"; });
    add([](Plan& p) { p.release = ReleaseId(base::Id128{1, 2}); });
    add([](Plan& p) { p.query = "site = Kiel"; });
    add([](Plan& p) { p.soak += base::Duration(1); });
    add([](Plan& p) { p.step_timeout += base::Duration(1); });
    add([](Plan& p) { ++p.max_attempts; });
    add([](Plan& p) { p.rollback_on_halt = true; });
    add([](Plan& p) { p.starts = base::from_unix_ms(0); });
    add([](Plan& p) { p.waves.pop_back(); });
    add([](Plan& p) { std::swap(p.waves[1], p.waves[2]); });
    add([](Plan& p) { p.waves[1].name = "x"; });
    add([](Plan& p) { ++p.waves[1].share_ppm; });
    add([](Plan& p) { p.waves[1].query = "kev"; });
    add([](Plan& p) { ++p.waves[1].gate.minimum; });
    add([](Plan& p) { ++p.waves[1].gate.tolerated_failure_ppm; });
    add([](Plan& p) { ++p.waves[1].gate.halt_error_ppm; });
    add([](Plan& p) { ++p.waves[1].gate.proceed_error_ppm; });
    add([](Plan& p) { ++p.waves[1].gate.hard_stop; });
    add([](Plan& p) { p.waves[1].gate.unproven = Unproven::open; });
    add([](Plan& p) { p.waves[1].gate.soak += base::Duration(1); });
    add([](Plan& p) { ++p.waves[1].pace.max_in_flight; });
    add([](Plan& p) { ++p.waves[1].pace.per_minute; });
    add([](Plan& p) { ++p.waves[1].pace.doubles_after_minutes; });
    add([](Plan& p) { ++p.waves[1].pace.up_to_per_minute; });
    CHECK(content_of(plan_of_three()) == content_of(plan_of_three()));
}
