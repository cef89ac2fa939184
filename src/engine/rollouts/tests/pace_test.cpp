// SPDX-License-Identifier: Apache-2.0
// A wave goes at its own pace.
#include "world.hpp"

#include <deque>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;
using namespace std::chrono_literals;

namespace {

struct Paced : World {
    std::uint64_t under_way() {
        std::uint64_t out = 0;
        live.each_deployment([&](device::TenantId, const ports::DeploymentRow& row) {
            out += install::is_terminal(row.state) ? 0 : 1;
        });
        return out;
    }
    // A poll that is not waited for: its offer is decided with others, in one batch.
    void poll(const fleet::DeviceActor& device) {
        fleet::PollReport report;
        report.boot_id = "b1";
        report.running_version = "1.0";
        asked.poll(device, report, [](auto) {});
    }
    void poll_all() {
        for (const auto& device : devices)
            poll(device);
        settle();
    }
    ports::RolloutId start_at(rollout::Pace pace) {
        rollout::Plan plan = this->plan({{100, kEasy}});
        plan.waves[0].pace = pace;
        return start(plan);
    }
    shard::Held<ports::RolloutRow> row(ports::RolloutId id) {
        return control.find<ports::RolloutRow>(fleet::test::kTenant, id);
    }
};

} // namespace

TEST_CASE("a wave has no more devices under way than its pace says, and asks the next when one is through") {
    Paced world;
    world.enrol_many(5);
    const auto id = world.start_at({.max_in_flight = 2});
    const auto first = world.offered(world.devices[0]);
    REQUIRE(first);
    REQUIRE(world.offered(world.devices[1]));
    CHECK_FALSE(world.offered(world.devices[2]));
    const Reach reach = world.rollouts.reach(fleet::test::kTenant, *world.row(id));
    REQUIRE(reach.blocked.size() == 1);
    CHECK(reach.blocked[0].by == rollout::Blocked::paced);
    CHECK(reach.blocked[0].devices == 3);
    CHECK(rollout::in_words(reach.blocked[0]) ==
          "wait their turn (wave \"wave 100\": 2 of at most 2 are under way)");
    CHECK(reach.next == 0);
    const auto slowed = world.rollouts.slowed(world.devices[2].key(), *world.row(id));
    REQUIRE(slowed);
    CHECK(slowed->words == "wave \"wave 100\": 2 of at most 2 are under way");
    CHECK_FALSE(slowed->until);
    world.tell(world.devices[0], *first, State::installing, 1);
    CHECK_FALSE(world.offered(world.devices[2]));
    world.tell(world.devices[0], *first, State::installed, 2, Reason::none, "2.0");
    CHECK(world.offered(world.devices[2]));
    CHECK_FALSE(world.offered(world.devices[3]));
    // Nobody is lost: it does not settle while some wait their turn.
    world.look();
    CHECK(world.state(id) == rollout::State::running);
}

TEST_CASE("polls that are decided in one batch cannot both take the last place, nor begin in one minute") {
    Paced flight;
    flight.enrol_many(8);
    flight.start_at({.max_in_flight = 3});
    flight.poll_all();
    CHECK(flight.under_way() == 3);

    Paced rate;
    rate.enrol_many(8);
    const auto id = rate.start_at({.per_minute = 3});
    rate.poll_all();
    CHECK(rate.under_way() == 3);
    const auto slowed = rate.rollouts.slowed(rate.devices[7].key(), *rate.row(id));
    REQUIRE(slowed);
    CHECK(slowed->words == "wave \"wave 100\": at most 3 begin in a minute");
    REQUIRE(slowed->until);
    CHECK(*slowed->until == rate.clock.now() + 61s);
    const Reach reach = rate.rollouts.reach(fleet::test::kTenant, *rate.row(id));
    REQUIRE(reach.blocked.size() == 1);
    CHECK(reach.blocked[0].devices == 5);
    CHECK(reach.blocked[0].until == slowed->until);
    rate.clock.steady_ += 60s;
    rate.poll_all();
    CHECK(rate.under_way() == 3);
    rate.clock.steady_ += 1s;
    CHECK(rate.rollouts.reach(fleet::test::kTenant, *rate.row(id)).next == 3);
    rate.poll_all();
    CHECK(rate.under_way() == 6);
}

TEST_CASE("a rate that grows does so with the devices that began") {
    Paced world;
    world.enrol_many(40);
    world.start_at({.per_minute = 2, .doubles_after_minutes = 3, .up_to_per_minute = 8});
    std::deque<std::uint64_t> minutes;
    for (int minute = 0; minute < 7; ++minute) {
        const std::uint64_t before = world.under_way();
        world.poll_all();
        minutes.push_back(world.under_way() - before);
        world.clock.steady_ += 61s;
    }
    CHECK(minutes == std::deque<std::uint64_t>{2, 2, 2, 4, 4, 4, 8});
}

TEST_CASE("a commit that fails gives its places back") {
    Paced world;
    world.enrol_many(8);
    world.start_at({.max_in_flight = 2});
    for (const auto& device : world.devices)
        world.poll(device);
    world.executor.run();
    REQUIRE(world.journal.busy());
    while (world.journal.busy()) {
        world.journal.fail(base::unavailable("the disk is full"));
        world.executor.run();
    }
    CHECK(world.under_way() == 0);
    world.poll_all();
    CHECK(world.under_way() == 2);
}

TEST_CASE(
    "after a start nothing begins at a rate for a minute, and how many are under way is known at once") {
    Paced world;
    world.enrol_many(6);
    const auto id = world.start_at({.max_in_flight = 3, .per_minute = 2});
    world.poll_all();
    REQUIRE(world.under_way() == 2);
    // Another life over the same rows.
    Rollouts again(world.core, world.timers, world.dice, Approval::not_required, world.log);
    again.start();
    const auto would = [&](std::size_t i) {
        bool yes = false;
        world.live.glance(world.devices[i].key(), [&](const fleet::Glance& seen) {
            yes = again.would_offer(seen, fleet::Keeps::yes);
        });
        return yes;
    };
    CHECK_FALSE(would(3));
    const auto slowed = again.slowed(world.devices[3].key(), *world.row(id));
    REQUIRE(slowed);
    CHECK(slowed->until == world.clock.now() + 61s);
    world.clock.steady_ += 61s;
    CHECK(would(3));
    world.poll_all(); // the first life goes on in this test, and fills the wave
    CHECK(world.under_way() == 3);
    CHECK_FALSE(would(4));
}

TEST_CASE("a pace is of its wave: others go at theirs, and a person's own update is counted and not held") {
    Paced world;
    world.enrol_many(6);
    rollout::Plan plan = world.plan({{100, kEasy}, {100, kEasy}});
    plan.waves[0].query = "serial in (S0, S1, S2)";
    plan.waves[0].pace = {.max_in_flight = 1};
    plan.waves[1].pace = {.max_in_flight = 2};
    const auto id = world.start(plan);
    world.poll_all();
    CHECK(world.under_way() == 1);
    REQUIRE(world.act(id, rollout::Event::open_next_wave).ok());
    world.poll_all();
    CHECK(world.under_way() == 3);
    std::size_t waits = 6;
    for (std::size_t i = 3; i < 6; ++i)
        if (!world.live.deployment(world.devices[i].key(),
                                   world.live.device(world.devices[i].key())->deployment))
            waits = i;
    REQUIRE(waits < 6);
    CHECK(world
              .status([&](auto reply) {
                  world.rollouts.update_now(world.admin, world.devices[waits].device, "now", reply);
              })
              .ok());
    CHECK(world.under_way() == 4);
}

TEST_CASE("nothing is carried to a device of a wave that goes no faster") {
    Paced world;
    world.enrol_many(2);
    world.start_at({.max_in_flight = 1});
    REQUIRE(world.offered(world.devices[0]));
    const auto refused = world.result<Rollouts::Carried>([&](auto reply) {
        world.rollouts.carry(world.devices[1].key(), {{}, world.clock.now() + 1h}, reply);
    });
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().text().find("its wave goes no faster") != std::string::npos);
}
