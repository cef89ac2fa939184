// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <fleet/needs.hpp>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;

TEST_CASE("a plan that has a date begins by itself then, not before, and once it was approved") {
    World world;
    world.enrol_many(2);
    rollout::Plan plan = world.plan({{100, kEasy}});
    const auto refused = [&](std::optional<base::TimePoint> starts) {
        plan.starts = starts;
        const auto made = world.result<ports::RolloutId>(
            [&](auto reply) { world.rollouts.create(world.admin, plan, schedule::Priority::normal, reply); });
        return made.ok() ? "" : made.error().where;
    };
    CHECK(refused(world.clock.now()) == "/starts_at");
    CHECK(refused(world.clock.now() + std::chrono::hours(24 * 400)) == "/starts_at");
    plan.starts = world.clock.now() + std::chrono::hours(2);
    const auto id = world.result<ports::RolloutId>(
        [&](auto reply) { world.rollouts.create(world.admin, plan, schedule::Priority::normal, reply); });
    REQUIRE(id.ok());
    world.look();
    CHECK(world.state(*id) == rollout::State::draft);
    world.clock.wall_offset += std::chrono::minutes(119);
    world.look();
    CHECK(world.state(*id) == rollout::State::draft);
    CHECK_FALSE(world.ask(world.devices[0]).offer);
    world.clock.wall_offset += std::chrono::minutes(1);
    world.look();
    CHECK(world.state(*id) == rollout::State::running);
    CHECK(world.ask(world.devices[0]).offer);
    // What a person stopped does not begin anew.
    REQUIRE(world.act(*id, rollout::Event::pause).ok());
    world.look();
    CHECK(world.state(*id) == rollout::State::paused);
    // Nor does what was ended before its time.
    plan.starts = world.clock.now() + std::chrono::hours(1);
    const auto ended = world.result<ports::RolloutId>(
        [&](auto reply) { world.rollouts.create(world.admin, plan, schedule::Priority::normal, reply); });
    REQUIRE(ended.ok());
    REQUIRE(world.act(*ended, rollout::Event::abort).ok());
    world.clock.wall_offset += std::chrono::hours(2);
    world.look();
    CHECK(world.state(*ended) == rollout::State::aborted);
}

TEST_CASE("starting a rollout writes no row for any device") {
    World world;
    world.enrol_many(20);
    const std::size_t before = world.journal.stored.size();
    const auto id = world.start(world.plan({{100, kEasy}}));
    std::size_t deployments = 0;
    for (const auto& [place, row] : world.journal.stored)
        deployments += std::holds_alternative<ports::DeploymentRow>(row) ? 1 : 0;
    CHECK(deployments == 0);
    CHECK(world.journal.stored.size() - before < 20);
    CHECK(world.totals(id).started == 0);
}

TEST_CASE("a device in an open wave is offered the release once, and the same offer again until it ends") {
    World world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto first = world.offered(world.devices[0]);
    REQUIRE(first);
    CHECK(world.offered(world.devices[0]) == first);
    CHECK(world.totals(id).started == 1);
    CHECK(world.totals(id).pending == 1);
}

TEST_CASE("only devices whose place is in an open wave are offered anything") {
    World world;
    world.enrol_many(60);
    const auto id = world.start(world.plan({{25, kEasy}, {100, kEasy}}));
    const auto row = world.control.find<ports::RolloutRow>(fleet::test::kTenant, id);
    for (const auto& device : world.devices) {
        const bool inside = rollout::place_of(row->key0, row->key1, device.device) < 250'000;
        CHECK(world.offered(device).has_value() == inside);
    }
    CHECK(world.totals(id).started > 0);
    CHECK(world.totals(id).started < 40);
}

TEST_CASE("other models, held devices and devices that run the version already are left alone") {
    World world;
    world.enrol_many(1, "CAM-1");
    world.enrol_many(2);
    world.start(world.plan({{100, kEasy}}));
    CHECK_FALSE(world.offered(world.devices[0]));
    CHECK(world
              .status([&](auto reply) {
                  world.registry.hold(world.admin, world.devices[1].device, true, "", reply);
              })
              .ok());
    CHECK_FALSE(world.offered(world.devices[1]));
    CHECK_FALSE(world.ask(world.devices[2], "2.0").offer.has_value());
}

TEST_CASE("installed is verified only with the right version and health") {
    World world;
    world.enrol_many(2);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    CHECK(world.totals(id).verified == 1);
    const auto deployment = world.offered(world.devices[1]);
    REQUIRE(deployment);
    world.tell(world.devices[1], *deployment, State::rolled_back, 1, Reason::health_failed);
    CHECK(world.totals(id).rolled_back == 1);
    CHECK(world.totals(id).pending == 0);
    CHECK_FALSE(world.offered(world.devices[1])); // it had its turn
}

TEST_CASE("a soak time holds the verification until a poll proves it") {
    World world;
    world.enrol_many(1);
    auto plan = world.plan({{100, kEasy}});
    plan.soak = std::chrono::seconds(30);
    const auto id = world.start(plan);
    world.update(world.devices[0]);
    CHECK(world.totals(id).verified == 0);
    world.ask(world.devices[0], "2.0", "b2");
    CHECK(world.totals(id).verified == 0);
    world.executor.advance(std::chrono::seconds(31));
    world.ask(world.devices[0], "2.0", "b2");
    CHECK(world.totals(id).verified == 1);
}

TEST_CASE("a repeated report changes nothing, an older one is ignored") {
    World world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto deployment = world.offered(world.devices[0]);
    REQUIRE(deployment);
    CHECK(world.tell(world.devices[0], *deployment, State::installing, 5) == install::Outcome::accepted);
    CHECK(world.tell(world.devices[0], *deployment, State::installing, 5) == install::Outcome::repeat);
    CHECK(world.tell(world.devices[0], *deployment, State::downloading, 4) == install::Outcome::stale);
    CHECK(world.totals(id).pending == 1);
}

TEST_CASE(
    "a device cannot speak of another device's deployment, and old words of an ended one change nothing") {
    World world;
    world.enrol_many(2);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto deployment = world.offered(world.devices[0]);
    REQUIRE(deployment);
    CHECK(world.tell(world.devices[1], *deployment, State::installed, 9, Reason::none, "2.0") ==
          install::Outcome::stale);
    CHECK(world.totals(id).pending == 1);
    CHECK(world.totals(id).verified == 0);
    CHECK(world.live.device(world.devices[1].key())->running_version != "2.0");
    world.tell(world.devices[0], *deployment, State::installed, 2, Reason::none, "2.0");
    CHECK(world.totals(id).verified == 1);
    const rollout::Counts before = world.totals(id);
    for (const std::uint64_t sequence : {0, 1, 2})
        for (const State late : {State::downloading, State::failed, State::rolled_back, State::installed})
            world.tell(world.devices[0], *deployment, late, sequence, Reason::download_failed, "1.0");
    CHECK(world.totals(id) == before);
}

TEST_CASE("the gate opens the next wave on verified devices, and the rollout settles") {
    World world;
    world.enrol_many(30);
    const auto id = world.start(world.plan({{30, kEasy}, {100, kEasy}}));
    for (const auto& device : world.devices)
        if (const auto deployment = world.offered(device))
            world.tell(device, *deployment, State::installed, 1, Reason::none, "2.0");
    world.look();
    CHECK(world.control.find<ports::RolloutRow>(fleet::test::kTenant, id)->open_wave == 1);
    for (const auto& device : world.devices)
        if (world.live.device(device.key())->running_version != "2.0")
            if (const auto deployment = world.offered(device))
                world.tell(device, *deployment, State::installed, 1, Reason::none, "2.0");
    CHECK(world.totals(id).verified == 30);
    world.look();
    CHECK(world.state(id) == rollout::State::settled);
    world.enrol_many(1); // a late joiner is still served
    CHECK(world.offered(world.devices.back()).has_value());
}

TEST_CASE("a restart of the server does not let a wave soak anew, and forgets no verification") {
    World world;
    world.enrol_many(30);
    rollout::Gate soaking = kEasy;
    soaking.soak = std::chrono::minutes(10);
    const auto id = world.start(world.plan({{30, soaking}, {100, kEasy}}));
    for (const auto& device : world.devices)
        if (const auto deployment = world.offered(device))
            world.tell(device, *deployment, State::installed, 1, Reason::none, "2.0");
    const base::TimePoint verified = world.totals(id).last_verified;
    CHECK(verified == world.clock.now());
    world.executor.advance(std::chrono::minutes(9));
    // A new process over the same rows.
    shard::Timers timers(world.executor, world.clock);
    Rollouts again(world.core, timers, world.dice, Approval::not_required, world.log);
    again.start();
    again.look_at_gates();
    world.settle();
    CHECK(world.control.find<ports::RolloutRow>(fleet::test::kTenant, id)->open_wave == 0);
    world.executor.advance(std::chrono::minutes(1));
    again.look_at_gates();
    world.settle();
    CHECK(world.control.find<ports::RolloutRow>(fleet::test::kTenant, id)->open_wave == 1);
}

TEST_CASE("a settled rollout serves late joiners for a week after the last one, then it is finished") {
    World world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    world.look();
    CHECK(world.state(id) == rollout::State::settled);
    world.executor.advance(std::chrono::hours(24 * 6));
    world.look();
    CHECK(world.state(id) == rollout::State::settled);
    world.enrol_many(1);
    world.update(world.devices[1]);
    world.executor.advance(std::chrono::hours(24 * 6));
    world.look();
    CHECK(world.state(id) == rollout::State::settled);
    world.executor.advance(std::chrono::hours(24));
    world.look();
    CHECK(world.state(id) == rollout::State::finished);
    world.enrol_many(1);
    CHECK_FALSE(world.offered(world.devices[2]));
}

TEST_CASE("a person may finish a rollout that has settled, and only then") {
    World world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    CHECK(world.act(id, rollout::Event::finish).error().kind == base::ErrorKind::conflict);
    world.update(world.devices[0]);
    world.look();
    REQUIRE(world.act(id, rollout::Event::finish).ok());
    CHECK(world.state(id) == rollout::State::finished);
    world.enrol_many(1);
    CHECK_FALSE(world.offered(world.devices[1]));
}

TEST_CASE("while the server's clock is in doubt no wave is opened, and devices under way go on") {
    World world;
    world.enrol_many(30);
    shard::ClockWatch watch(world.clock);
    world.rollouts.heed(watch);
    const auto id = world.start(world.plan({{30, kEasy}, {100, kEasy}}));
    world.clock.wall_offset += std::chrono::hours(24 * 365);
    CHECK(watch.look());
    for (const auto& device : world.devices)
        if (const auto deployment = world.offered(device))
            world.tell(device, *deployment, State::installed, 1, Reason::none, "2.0");
    CHECK(world.totals(id).verified > 0);
    world.look();
    CHECK(world.control.find<ports::RolloutRow>(fleet::test::kTenant, id)->open_wave == 0);
    const base::Status opened = world.act(id, rollout::Event::open_next_wave);
    CHECK(opened.error().kind == base::ErrorKind::unavailable);
    CHECK(opened.error().message.find("clock jumped") != std::string::npos);
    CHECK(world.act(id, rollout::Event::pause).ok()); // what is careful stays possible
}

TEST_CASE("a release whose artifact is damaged is not offered until it was uploaded again") {
    World world;
    world.enrol_many(1);
    ports::ArtifactRow artifact;
    artifact.digest = world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release)->artifact;
    artifact.damaged = true;
    world.put(artifact);
    world.start(world.plan({{100, kEasy}}));
    CHECK_FALSE(world.offered(world.devices[0]));
    artifact.damaged = false;
    world.put(artifact);
    CHECK(world.offered(world.devices[0]));
}

TEST_CASE("failures halt the rollout, and what has not begun is withdrawn") {
    World world;
    world.enrol_many(10);
    const auto id = world.start(
        world.plan({{100, {.minimum = 5, .tolerated_failure_ppm = 100'000, .hard_stop = 3, .soak = {}}}}));
    std::vector<std::string> deployments;
    for (const auto& device : world.devices)
        deployments.push_back(world.offered(device).value());
    for (std::size_t i = 0; i < 3; ++i)
        world.tell(world.devices[i], deployments[i], State::rolled_back, 1, Reason::health_failed);
    world.look();
    CHECK(world.state(id) == rollout::State::halted);
    CHECK(world.control.find<ports::RolloutRow>(fleet::test::kTenant, id)->state_reason.find("3 of 10") !=
          std::string::npos);
    // Nothing new is offered, and those that had not begun are told to stop or are taken back.
    const fleet::PollAnswer answer = world.ask(world.devices[9]);
    CHECK((!answer.offer || answer.offer->withdrawn));
    world.enrol_many(1);
    CHECK_FALSE(world.offered(world.devices.back()));
}

TEST_CASE("a server that ends between a halt and the taking back takes back when it starts") {
    World world;
    world.enrol_many(3);
    const auto id = world.start(world.plan({{100, kEasy}}));
    for (const auto& device : world.devices)
        REQUIRE(world.offered(device).has_value());
    // The decision was committed, and nothing after it.
    world.core.writer.submit<bool>(
        shard::control_of(fleet::test::kTenant), shard::Priority::person,
        [id](shard::Transaction& transaction) -> base::Result<bool> {
            ports::RolloutRow row = *transaction.find<ports::RolloutRow>(id);
            row.state = rollout::State::halted;
            transaction.put(row);
            return true;
        },
        [](base::Result<bool> done) { CHECK(done.ok()); });
    world.settle();
    shard::Timers timers(world.executor, world.clock);
    Rollouts again(world.core, timers, world.dice, Approval::not_required, world.log);
    again.start();
    world.settle();
    for (const auto& device : world.devices) {
        const auto row = world.live.deployment(device.key(), world.live.device(device.key())->deployment);
        REQUIRE(row);
        CHECK(row->state == State::withdrawn);
    }
}

TEST_CASE("silence past its deadline is a failure") {
    World world;
    world.enrol_many(1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto deployment = world.offered(world.devices[0]);
    REQUIRE(deployment);
    world.tell(world.devices[0], *deployment, State::rebooting, 1);
    world.executor.advance(std::chrono::minutes(11));
    world.settle();
    CHECK(world.totals(id).silent == 1);
    // Late news is taken.
    world.tell(world.devices[0], *deployment, State::installed, 2, Reason::none, "2.0");
    CHECK(world.totals(id).silent == 0);
    CHECK(world.totals(id).verified == 1);
}

TEST_CASE("a device that polls more rarely than a step may take is not silent before its turn") {
    World world;
    world.enrol_many(1);
    world.put(ports::DocumentRow{"setting/poll_seconds", "14400"});
    auto plan = world.plan({{100, kEasy}});
    plan.soak = std::chrono::seconds(30);
    const auto id = world.start(plan);
    const auto deployment = world.offered(world.devices[0]);
    REQUIRE(deployment);
    world.tell(world.devices[0], *deployment, State::rebooting, 1);
    for (int polls = 0; polls < 2; ++polls) {
        world.executor.advance(std::chrono::hours(4));
        world.settle();
        CHECK(world.totals(id).silent == 0);
        world.ask(world.devices[0], "2.0", "b2");
    }
    CHECK(world.totals(id).verified == 1);
}

TEST_CASE("an older rollout never asks again what a newer one changed") {
    World world;
    world.enrol_many(1);
    world.start(world.plan({{100, kEasy}}));
    const ports::ReleaseId newer = world.publish("3.0", 3);
    auto plan = world.plan({{100, kEasy}});
    plan.release = newer;
    world.start(plan);
    const fleet::PollAnswer answer = world.ask(world.devices[0]);
    REQUIRE(answer.offer);
    CHECK(answer.offer->release_version == "3.0");
    world.tell(world.devices[0], answer.offer->deployment, State::installed, 1, Reason::none, "3.0");
    CHECK_FALSE(world.ask(world.devices[0], "3.0", "b2").offer.has_value());
}

TEST_CASE("a gate that is looked at again before its decision is durable opens one wave, not two") {
    World world;
    world.enrol_many(30);
    const auto id = world.start(world.plan({{30, kEasy}, {60, kEasy}, {100, kEasy}}));
    for (const auto& device : world.devices)
        if (const auto deployment = world.offered(device))
            world.tell(device, *deployment, State::installed, 1, Reason::none, "2.0");
    world.rollouts.look_at_gates();
    world.rollouts.look_at_gates();
    world.settle();
    CHECK(world.control.find<ports::RolloutRow>(fleet::test::kTenant, id)->open_wave == 1);
}

TEST_CASE("a rollout of a release that was withdrawn waits for nobody and settles") {
    World world;
    world.enrol_many(2);
    const auto id = world.start(world.plan({{100, kEasy}}));
    world.update(world.devices[0]);
    world.look();
    CHECK(world.state(id) == rollout::State::running);
    ports::ReleaseRow row = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    row.state = "withdrawn";
    world.put(row);
    CHECK_FALSE(world.offered(world.devices[1]));
    world.look();
    CHECK(world.state(id) == rollout::State::settled);
}

TEST_CASE("an update at once does not go to a device that was put on hold a moment ago") {
    World world;
    world.enrol_many(1);
    world.start(world.plan({{100, kEasy}}));
    base::Status held, updated;
    world.registry.hold(world.admin, world.devices[0].device, true, "",
                        [&](base::Status status) { held = std::move(status); });
    world.rollouts.update_now(world.admin, world.devices[0].device, "now",
                              [&](base::Status status) { updated = std::move(status); });
    world.settle();
    CHECK(held.ok());
    CHECK(updated.error().kind == base::ErrorKind::conflict);
}

TEST_CASE("numbers that devices compare never fall, whatever the clock does") {
    World world;
    world.enrol_many(1);
    world.start(world.plan({{100, kEasy}}));
    REQUIRE(world.offered(world.devices[0]));
    const std::uint64_t number = world.live.device(world.devices[0].key())->desired_number;
    CHECK(number >= static_cast<std::uint64_t>(base::unix_seconds(world.clock.now())));
}

TEST_CASE("a device that the release does not fit is not waited for") {
    World world;
    ports::ReleaseRow release = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    release.hw_revisions = {"r2"};
    release.min_from = "0.9";
    release.row_version = 2;
    world.put(release);
    world.enrol_many(4);
    const auto revision = [&](int device, const char* value) {
        CHECK(world
                  .status([&](auto reply) {
                      world.registry.set_facts(world.admin,
                                               world.devices[static_cast<std::size_t>(device)].device,
                                               {{"hw_revision", value}}, "", reply);
                  })
                  .ok());
    };
    revision(0, "r2");
    revision(1, "r1"); // another revision
    revision(2, "r2");
    for (int i = 0; i < 3; ++i)
        world.ask(world.devices[static_cast<std::size_t>(i)], i == 2 ? "0.1" : "1.0"); // 2: too old
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto row = [&] { return *world.control.find<ports::RolloutRow>(fleet::test::kTenant, id); };
    CHECK(world.rollouts.members(fleet::test::kTenant, row()).at(0) == 1);
    world.look();
    CHECK(world.rollouts.members(fleet::test::kTenant, row()).at(0) == 1);
    world.update(world.devices[0]);
    CHECK(world.rollouts.members(fleet::test::kTenant, row()).at(0) == 0);
    world.look();
    CHECK(world.state(id) == rollout::State::settled);
}

TEST_CASE("a device that lacks what the artifact needs is not offered it until it has it") {
    World world;
    const auto release = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    world.put(ports::DocumentRow{fleet::needs_document(release.artifact),
                                 R"(running_version in ("1.5", "1.6") and x.provides.line in ("a"))"});
    world.enrol_many(2);
    const auto tell = [&](std::size_t device, const char* line) {
        fleet::InventoryReport told;
        told.tells_components = false;
        told.facts = {{"x.provides.line", line}};
        CHECK(
            world.status([&](auto reply) { world.inventories.take(world.devices[device], told, "", reply); })
                .ok());
    };
    tell(0, "b");
    world.ask(world.devices[0], "1.5");
    world.ask(world.devices[1], "1.6"); // it says nothing of its line
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto row = [&] { return *world.control.find<ports::RolloutRow>(fleet::test::kTenant, id); };
    const auto waiting = [&] { return world.rollouts.members(fleet::test::kTenant, row()).at(0); };
    CHECK_FALSE(world.ask(world.devices[0], "1.5").offer);
    CHECK_FALSE(world.ask(world.devices[1], "1.6").offer);
    CHECK(waiting() == 0);
    tell(0, "a");
    CHECK(waiting() == 1);
    CHECK_FALSE(world.ask(world.devices[0], "1.4").offer);
    CHECK(world.ask(world.devices[0], "1.5").offer);
}
