// SPDX-License-Identifier: Apache-2.0
// What takes devices back to what they ran before.
#include "world.hpp"

#include <rollouts/outcome.hpp>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;

TEST_CASE("before a rollout starts it says which devices could not be ordered back") {
    World world;
    world.enrol_many(2);
    world.ask(world.devices[0], "1.0");
    world.ask(world.devices[1], "2.0");
    const auto id = world.result<ports::RolloutId>([&](auto reply) {
        world.rollouts.create(world.admin, world.plan({{100, kEasy}}), schedule::Priority::normal, reply);
    });
    REQUIRE(id.ok());
    const auto row = [&] { return *world.control.find<ports::RolloutRow>(fleet::test::kTenant, *id); };
    CHECK(world.rollouts.without_return(fleet::test::kTenant, row()) ==
          std::map<std::string, std::uint32_t>{{"1.0", 1}});
    ports::ReleaseRow old = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    old.id = ports::ReleaseId(world.ids.next());
    old.version = "1.0";
    old.state = "draft";
    world.put(old);
    CHECK(world.rollouts.without_return(fleet::test::kTenant, row()).size() == 1); // a draft is no way back
    old.state = "published";
    world.put(old);
    CHECK(world.rollouts.without_return(fleet::test::kTenant, row()).empty());
}

TEST_CASE("a rollback goes to the version that the device ran before") {
    World world;
    world.enrol_many(1);
    world.publish("1.0", 1);
    world.publish("1.5", 3);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    const auto row = world.live.device(world.devices[0].key());
    REQUIRE(row);
    const auto last = world.live.deployment(world.devices[0].key(), row->deployment);
    REQUIRE(last);
    CHECK(last->version_before == "1.0");
    CHECK(row->running_version == "2.0");
    CHECK(row->desired_release == world.release);
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    fleet::PollAnswer answer = world.ask(world.devices[0], "2.0", "b2");
    if (!answer.offer) answer = world.ask(world.devices[0], "2.0", "b2");
    REQUIRE(answer.offer);
    CHECK(answer.offer->is_rollback);
    CHECK(answer.offer->release_version == "1.0");
    world.tell(world.devices[0], answer.offer->deployment, State::installed, 1, Reason::none, "1.0");
    CHECK(world.totals(id).rolled_back == 1);
    CHECK(world.totals(id).verified == 0);
    world.look();
    CHECK(world.state(id) == rollout::State::rolled_back);
}

TEST_CASE("the list of a rollout's devices counts them as its figures do, also on the way back") {
    World world;
    world.enrol_many(3);
    world.publish("1.0", 1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto agrees = [&] {
        std::vector<ports::DeploymentRow> rows;
        REQUIRE(world.history
                    .each_deployment_of(fleet::test::kTenant, id,
                                        [&](const ports::DeploymentRow& row) {
                                            rows.push_back(row);
                                            return true;
                                        })
                    .ok());
        WaysBack back;
        for (const ports::DeploymentRow& row : rows)
            back.note(row);
        rollout::Counts counted;
        for (const ports::DeploymentRow& row : rows) {
            const Outcome outcome = back.outcome_of(row);
            counted.started += outcome != Outcome::none ? 1 : 0;
            counted.pending += outcome == Outcome::pending ? 1 : 0;
            counted.verified += outcome == Outcome::verified ? 1 : 0;
            counted.failed += outcome == Outcome::failed ? 1 : 0;
            counted.rolled_back += outcome == Outcome::rolled_back ? 1 : 0;
            counted.silent += outcome == Outcome::silent ? 1 : 0;
        }
        rollout::Counts totals = world.totals(id);
        totals.last_verified = {};
        CHECK(counted == totals);
    };
    world.update(world.devices[0]);
    agrees();
    const auto failing = world.offered(world.devices[1]);
    REQUIRE(failing);
    agrees();
    world.tell(world.devices[1], *failing, State::rolled_back, 1, Reason::health_failed);
    agrees();
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    fleet::PollAnswer answer = world.ask(world.devices[0], "2.0", "b2");
    if (!answer.offer) answer = world.ask(world.devices[0], "2.0", "b2");
    REQUIRE(answer.offer);
    agrees();
    world.tell(world.devices[0], answer.offer->deployment, State::installed, 1, Reason::none, "1.0");
    agrees();
    CHECK(world.totals(id).rolled_back == 2);
}

TEST_CASE("a device that moved since is counted back where it was counted before") {
    World world;
    world.enrol_many(1);
    world.publish("1.0", 1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    CHECK(world
              .status([&](auto reply) {
                  world.registry.set_facts(world.admin, world.devices[0].device, {{"site", "elsewhere"}}, "",
                                           reply);
              })
              .ok());
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    fleet::PollAnswer answer = world.ask(world.devices[0], "2.0", "b2");
    if (!answer.offer) answer = world.ask(world.devices[0], "2.0", "b2");
    REQUIRE(answer.offer);
    CHECK(world.totals(id).pending == 1); // on its way back
    CHECK(world.totals(id).verified == 0);
    world.tell(world.devices[0], answer.offer->deployment, State::failed, 1, Reason::incompatible, "2.0");
    CHECK(world.totals(id).failed == 1);
    // Late news of the same end counts it once.
    world.tell(world.devices[0], answer.offer->deployment, State::installed, 2, Reason::none, "1.0");
    CHECK(world.totals(id).started == 1);
    CHECK(world.totals(id).rolled_back == 1);
    CHECK(world.totals(id).failed + world.totals(id).verified + world.totals(id).pending == 0);
    CHECK(world.rollouts.counts(fleet::test::kTenant, id).size() == 1);
}

TEST_CASE("a rollback does not wait for devices that a newer rollout took over or that were retired") {
    World world;
    world.enrol_many(2);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    world.update(world.devices[1]);
    const ports::ReleaseId newer = world.publish("3.0", 3);
    auto plan = world.plan({{100, kEasy}});
    plan.release = newer;
    world.start(plan);
    const fleet::PollAnswer answer = world.ask(world.devices[0], "2.0", "b2");
    REQUIRE(answer.offer);
    world.tell(world.devices[0], answer.offer->deployment, State::installed, 1, Reason::none, "3.0");
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    world.look();
    CHECK(world.state(id) == rollout::State::rolling_back); // the second one is still to come back
    CHECK(world
              .status([&](auto reply) {
                  world.registry.retire(world.admin, world.devices[1].device, "sold", reply);
              })
              .ok());
    world.look();
    CHECK(world.state(id) == rollout::State::rolled_back);
}

TEST_CASE("a rollback does not wait for quiet devices, and orders them back when they are heard of") {
    World world;
    world.enrol_many(2);
    world.publish("1.0", 1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    world.update(world.devices[1]);
    ports::DeviceRow quiet = *world.live.device(world.devices[1].key());
    quiet.lifecycle = device::Lifecycle::quiet;
    world.put(quiet);
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    world.look();
    CHECK(world.state(id) == rollout::State::rolling_back); // the first one is still to come back
    const auto heard = [&world](std::size_t n) {
        const fleet::PollAnswer answer = world.ask(world.devices[n], "2.0", "b2");
        return answer.offer ? answer : world.ask(world.devices[n], "2.0", "b2");
    };
    const fleet::PollAnswer first = heard(0);
    REQUIRE(first.offer);
    CHECK(first.offer->is_rollback);
    world.tell(world.devices[0], first.offer->deployment, State::installed, 1, Reason::none, "1.0");
    world.look();
    CHECK(world.state(id) == rollout::State::rolled_back);
    const fleet::PollAnswer late = heard(1);
    REQUIRE(late.offer);
    CHECK(late.offer->is_rollback);
    CHECK(late.offer->release_version == "1.0");
}

TEST_CASE("a device whose old version is not published stays, and is counted as one that cannot go back") {
    World world;
    world.enrol_many(2);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    REQUIRE(world.totals(id).verified == 1);
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    // Nothing earlier is published: the device stays, and is counted as one that cannot.
    CHECK_FALSE(world.ask(world.devices[0], "2.0", "b2").offer.has_value());
    CHECK(world.totals(id).verified == 0);
    CHECK(world.totals(id).failed == 1);
}
