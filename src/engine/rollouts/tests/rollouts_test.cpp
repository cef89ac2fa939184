// SPDX-License-Identifier: Apache-2.0
#include "../../fleet/tests/house.hpp"

#include <rollout/place.hpp>
#include <rollouts/rollouts.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rollouts;
using install::Reason;
using install::State;

namespace {

// A house whose polls ask the real rollouts.
struct World : fleet::test::House {
    shard::Timers timers{executor, clock};
    Rollouts rollouts{core, timers, dice, Approval::not_required, log};
    fleet::Polling asked{core, rollouts, dice};
    ports::ReleaseId release{ids.next()};
    std::vector<fleet::DeviceActor> devices;

    World() {
        ports::ReleaseRow row;
        row.id = release;
        row.name = "gateway";
        row.version = "2.0";
        row.models = {"GW-1"};
        row.state = "published";
        row.target_path = "gateway/2.0/gateway.tar";
        row.counter = 2;
        put(row);
        rollouts.start();
    }
    void enrol_many(int count, const std::string& model = "GW-1") {
        token("t-" + std::to_string(devices.size()), static_cast<std::uint32_t>(count));
        const std::string secret = "t-" + std::to_string(devices.size());
        for (int i = 0; i < count; ++i) {
            const auto enrolled = enrol(secret, "S" + std::to_string(devices.size()), model);
            REQUIRE(enrolled.ok());
            devices.push_back(actor(*enrolled));
        }
    }
    rollout::Plan plan(std::vector<std::pair<std::uint32_t, rollout::Gate>> waves) {
        rollout::Plan plan;
        plan.name = "to 2.0";
        plan.release = release;
        plan.step_timeout = std::chrono::minutes(10);
        for (const auto& [percent, gate] : waves)
            plan.waves.push_back({"wave " + std::to_string(percent), percent * 10'000, gate});
        return plan;
    }
    ports::RolloutId start(rollout::Plan plan) {
        const auto id = result<ports::RolloutId>([&](auto reply) { rollouts.create(admin, plan, reply); });
        REQUIRE(id.ok());
        REQUIRE(act(*id, rollout::Event::start).ok());
        return *id;
    }
    base::Status act(ports::RolloutId id, rollout::Event event) {
        return status([&](auto reply) { rollouts.act(admin, id, event, "test", reply); });
    }
    fleet::PollAnswer ask(const fleet::DeviceActor& device, const std::string& version = "1.0",
                          const std::string& boot = "b1") {
        fleet::PollReport report;
        report.boot_id = boot;
        report.running_version = version;
        const auto answer = result<fleet::PollAnswer>([&](auto reply) { asked.poll(device, report, reply); });
        REQUIRE(answer.ok());
        return *answer;
    }
    std::optional<std::string> offered(const fleet::DeviceActor& device) {
        const fleet::PollAnswer answer = ask(device);
        return answer.offer ? std::optional(answer.offer->deployment) : std::nullopt;
    }
    install::Outcome tell(const fleet::DeviceActor& device, const std::string& deployment, State state,
                          std::uint64_t sequence, Reason reason = Reason::none,
                          const std::string& runs = "1.0") {
        install::ReportSeen seen;
        seen.state = state;
        seen.sequence = sequence;
        seen.reason = reason;
        seen.running_version = runs;
        seen.healthy = reason == Reason::none;
        const auto outcome = result<install::Outcome>([&](auto reply) {
            rollouts.report(device, ports::DeploymentId::parse(deployment).value(), seen, reply);
        });
        REQUIRE(outcome.ok());
        return *outcome;
    }
    void update(const fleet::DeviceActor& device) {
        const auto deployment = offered(device);
        REQUIRE(deployment);
        tell(device, *deployment, State::installing, 1);
        tell(device, *deployment, State::installed, 2, Reason::none, "2.0");
    }
    rollout::Counts totals(ports::RolloutId id) {
        rollout::Counts sum;
        for (const auto& [key, counts] : rollouts.counts(fleet::test::kTenant, id))
            sum = sum + counts;
        return sum;
    }
    rollout::State state(ports::RolloutId id) {
        return control.find<ports::RolloutRow>(fleet::test::kTenant, id)->state;
    }
    void look() {
        rollouts.look_at_gates();
        settle();
    }
};

constexpr rollout::Gate kEasy{
    .minimum = 1, .tolerated_failure_ppm = 500'000, .unproven = rollout::Unproven::open, .soak = {}};

} // namespace

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

TEST_CASE("before a rollout starts it says which devices could not be ordered back") {
    World world;
    world.enrol_many(2);
    world.ask(world.devices[0], "1.0");
    world.ask(world.devices[1], "2.0");
    const auto id = world.result<ports::RolloutId>(
        [&](auto reply) { world.rollouts.create(world.admin, world.plan({{100, kEasy}}), reply); });
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
    ports::ReleaseRow newer = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    newer.id = world.ids.next_as<ports::ReleaseId>();
    newer.version = "3.0";
    newer.counter = 3;
    newer.row_version = 0;
    world.put(newer);
    auto plan = world.plan({{100, kEasy}});
    plan.release = newer.id;
    world.start(plan);
    const fleet::PollAnswer answer = world.ask(world.devices[0]);
    REQUIRE(answer.offer);
    CHECK(answer.offer->release_version == "3.0");
    world.tell(world.devices[0], answer.offer->deployment, State::installed, 1, Reason::none, "3.0");
    CHECK_FALSE(world.ask(world.devices[0], "3.0", "b2").offer.has_value());
}

TEST_CASE("a rollback goes to the version that the device ran before") {
    World world;
    world.enrol_many(1);
    for (const auto& [version, counter] : {std::pair("1.0", 1ULL), std::pair("1.5", 3ULL)}) {
        ports::ReleaseRow row = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
        row.id = world.ids.next_as<ports::ReleaseId>();
        row.version = version;
        row.counter = counter;
        row.row_version = 0;
        world.put(row);
    }
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

TEST_CASE("a device that moved since is counted back where it was counted before") {
    World world;
    world.enrol_many(1);
    ports::ReleaseRow row = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    row.id = world.ids.next_as<ports::ReleaseId>();
    row.version = "1.0";
    row.counter = 1;
    row.row_version = 0;
    world.put(row);
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
    ports::ReleaseRow newer = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    newer.id = world.ids.next_as<ports::ReleaseId>();
    newer.version = "3.0";
    newer.counter = 3;
    newer.row_version = 0;
    world.put(newer);
    auto plan = world.plan({{100, kEasy}});
    plan.release = newer.id;
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
    ports::ReleaseRow before = *world.control.find<ports::ReleaseRow>(fleet::test::kTenant, world.release);
    before.id = world.ids.next_as<ports::ReleaseId>();
    before.version = "1.0";
    before.counter = 1;
    before.row_version = 0;
    world.put(before);
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
    CHECK(world.rollouts.members(fleet::test::kTenant, row(), 0, 1'000'000) == 1);
    world.look();
    CHECK(world.rollouts.members(fleet::test::kTenant, row(), 0, 1'000'000) == 1);
    world.update(world.devices[0]);
    CHECK(world.rollouts.members(fleet::test::kTenant, row(), 0, 1'000'000) == 0);
    world.look();
    CHECK(world.state(id) == rollout::State::settled);
}
