// SPDX-License-Identifier: Apache-2.0
// What a rollout asks of phones; how they are told is tests/steering_test of engine/steering.
#include "world.hpp"

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;

namespace {

floor::Policy level() {
    floor::Policy policy;
    policy.name = "droids";
    policy.platform = "android";
    policy.patch_level = "2026-08-05";
    return policy;
}

} // namespace

TEST_CASE("a level is a release without a file, named after what it asks for") {
    World world;
    const auto id = world.result<ports::ReleaseId>(
        [&](auto reply) { world.rollouts.create_level(world.admin, level(), reply); });
    REQUIRE(id.ok());
    const auto row = world.control.find<ports::ReleaseRow>(fleet::test::kTenant, *id);
    REQUIRE(row);
    CHECK(row->name + " " + row->version == "Android 2026-08-05");
    CHECK(row->state == "published");
    CHECK(row->target_path.empty());
    const auto kept = world.rollouts.level(fleet::test::kTenant, *id);
    REQUIRE(kept);
    CHECK(kept->patch_level == "2026-08-05");
    CHECK_FALSE(world.rollouts.level(fleet::test::kTenant, world.release));
}

TEST_CASE("a level has phones in scope, and no device with an agent") {
    World world;
    world.enrol_many(2);
    const auto id = world.result<ports::ReleaseId>(
        [&](auto reply) { world.rollouts.create_level(world.admin, level(), reply); });
    REQUIRE(id.ok());
    rollout::Plan plan = world.plan({{100, kEasy}});
    plan.release = *id;
    const auto rollout = world.start(plan);
    CHECK_FALSE(world.offered(world.devices[0]));
    CHECK(world.rollouts
              .in_scope(fleet::test::kTenant,
                        *world.control.find<ports::RolloutRow>(fleet::test::kTenant, rollout))
              .yes == 0);
}

TEST_CASE("a plan of a level that asks for a return is refused: no phone has one") {
    World world;
    const auto id = world.result<ports::ReleaseId>(
        [&](auto reply) { world.rollouts.create_level(world.admin, level(), reply); });
    REQUIRE(id.ok());
    rollout::Plan plan = world.plan({{100, kEasy}});
    plan.release = *id;
    plan.rollback_on_halt = true;
    const auto made = world.result<ports::RolloutId>(
        [&](auto reply) { world.rollouts.create(world.admin, plan, schedule::Priority::normal, reply); });
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().where == "/rollback_on_halt");
}
