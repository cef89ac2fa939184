// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;

namespace {

struct Carrying : World {
    base::Result<Rollouts::Carried> carry(const fleet::DeviceActor& device, base::Duration life,
                                          std::optional<ports::ReleaseId> only = {}) {
        return result<Rollouts::Carried>(
            [&](auto reply) { rollouts.carry(device.key(), {only, clock.now() + life}, reply); });
    }
    ports::DeploymentRow row(const fleet::DeviceActor& device) {
        return live.deployment(device.key(), live.device(device.key())->deployment).value();
    }
    install::Outcome receipt(const fleet::DeviceActor& device, const std::string& deployment, State state,
                             std::uint64_t sequence, Reason reason, const std::string& runs) {
        install::ReportSeen seen;
        seen.state = state;
        seen.sequence = sequence;
        seen.reason = reason;
        seen.running_version = runs;
        seen.healthy = true;
        seen.carried = true;
        const auto outcome = result<install::Outcome>([&](auto reply) {
            rollouts.report(device, ports::DeploymentId::parse(deployment).value(), seen, reply);
        });
        REQUIRE(outcome.ok());
        return *outcome;
    }
};

} // namespace

TEST_CASE("what is carried to a device waits for that person, and a receipt ends it as the device signed") {
    Carrying world;
    world.enrol_many(1);
    auto plan = world.plan({{100, kEasy}});
    plan.soak = std::chrono::hours(24);
    const auto id = world.start(plan);
    const auto carried = world.carry(world.devices[0], std::chrono::hours(72));
    REQUIRE(carried.ok());
    CHECK(carried->offer.release_version == "2.0");
    CHECK(carried->offer.soak_seconds == 86'400);
    CHECK(carried->rollout == id);
    CHECK(world.row(world.devices[0]).state == State::awaiting_user);
    CHECK(world.totals(id).pending == 1);
    // Longer than any step may take, and it is no failure.
    world.executor.advance(std::chrono::hours(72));
    world.settle();
    CHECK(world.totals(id).pending == 1);
    CHECK(world.totals(id).silent == 0);
    CHECK(world.receipt(world.devices[0], carried->offer.deployment, State::verified, 9, Reason::none,
                        "2.0") == install::Outcome::accepted);
    CHECK(world.row(world.devices[0]).state == State::verified);
    CHECK(world.totals(id).verified == 1);
    CHECK(world.live.device(world.devices[0].key())->running_version == "2.0");
}

TEST_CASE("a receipt that is taken in twice changes nothing the second time") {
    Carrying world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto carried = world.carry(world.devices[0], std::chrono::hours(1));
    REQUIRE(carried.ok());
    const std::string deployment = carried->offer.deployment;
    CHECK(world.receipt(world.devices[0], deployment, State::rolled_back, 9, Reason::health_failed, "1.0") ==
          install::Outcome::accepted);
    const rollout::Counts before = world.totals(id);
    CHECK(world.receipt(world.devices[0], deployment, State::rolled_back, 9, Reason::health_failed, "1.0") !=
          install::Outcome::accepted);
    CHECK(world.receipt(world.devices[0], deployment, State::verified, 8, Reason::none, "2.0") ==
          install::Outcome::stale);
    CHECK(world.totals(id) == before);
}

TEST_CASE("a folder that nobody brings back leaves its device silent, after the way back") {
    Carrying world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    REQUIRE(world.carry(world.devices[0], std::chrono::hours(48)).ok());
    world.executor.advance(std::chrono::hours(71));
    world.settle();
    CHECK(world.totals(id).silent == 0);
    world.executor.advance(std::chrono::hours(2));
    world.settle();
    CHECK(world.totals(id).silent == 1);
}

TEST_CASE("the same is carried again as long as nothing of it began, and then no more") {
    Carrying world;
    world.enrol_many(1);
    world.start(world.plan({{100, kEasy}}));
    const auto first = world.carry(world.devices[0], std::chrono::hours(48));
    const auto longer = world.carry(world.devices[0], std::chrono::hours(96));
    REQUIRE(first.ok());
    REQUIRE(longer.ok());
    CHECK(first->offer.deployment == longer->offer.deployment);
    const auto deadline = world.row(world.devices[0]).deadline;
    REQUIRE(world.carry(world.devices[0], std::chrono::hours(1)).ok());
    CHECK(world.row(world.devices[0]).deadline == deadline); // a folder that is out there is still awaited
    world.tell(world.devices[0], first->offer.deployment, State::installing, 1);
    const auto late = world.carry(world.devices[0], std::chrono::hours(1));
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().kind == base::ErrorKind::conflict);
    CHECK(late.error().message == "it is installing already");
}

TEST_CASE("a device that is quiet is carried to, one that is on hold, retired or of no open wave is not") {
    Carrying world;
    world.enrol_many(40);
    const auto id = world.start(world.plan({{50, kEasy}, {100, kEasy}}));
    const auto row = world.control.find<ports::RolloutRow>(fleet::test::kTenant, id);
    const auto inside = [&](const fleet::DeviceActor& device) {
        return rollout::place_of(row->key0, row->key1, device.device) < 500'000;
    };
    std::vector<fleet::DeviceActor> in, out;
    for (const auto& device : world.devices)
        (inside(device) ? in : out).push_back(device);
    REQUIRE(in.size() >= 3);
    REQUIRE_FALSE(out.empty());
    world.executor.advance(std::chrono::hours(24));
    for (int turn = 0; turn < 3; ++turn) {
        world.asked.sweep_quiet();
        world.settle();
    }
    REQUIRE(world.live.device(in[0].key())->lifecycle == device::Lifecycle::quiet);
    CHECK(world.carry(in[0], std::chrono::hours(1)).ok());
    CHECK_FALSE(world.carry(out[0], std::chrono::hours(1)).ok());
    REQUIRE(world.status([&](auto reply) { world.registry.hold(world.admin, in[1].device, true, "", reply); })
                .ok());
    CHECK_FALSE(world.carry(in[1], std::chrono::hours(1)).ok());
    CHECK_FALSE(world.carry(in[2], std::chrono::hours(1), world.ids.next_as<ports::ReleaseId>()).ok());
    CHECK(world.carry(in[2], std::chrono::hours(1), world.release).ok());
}

TEST_CASE("a device that comes to the network meanwhile goes on by itself") {
    Carrying world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto carried = world.carry(world.devices[0], std::chrono::hours(48));
    REQUIRE(carried.ok());
    CHECK(world.offered(world.devices[0]) == carried->offer.deployment);
    world.tell(world.devices[0], carried->offer.deployment, State::downloading, 1);
    world.tell(world.devices[0], carried->offer.deployment, State::installing, 2);
    world.tell(world.devices[0], carried->offer.deployment, State::installed, 3, Reason::none, "2.0");
    CHECK(world.totals(id).verified == 1);
}
