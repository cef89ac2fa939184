// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;
using namespace std::chrono_literals;

namespace {

struct Budgeted : World {
    budgets::Budgets budgets{core};
    Budgeted() {
        budgets.start();
        rollouts.keep_within(budgets);
    }
    void set(const budget::Budget& budget) {
        REQUIRE(status([&](auto reply) { budgets.put(admin, budget, reply); }).ok());
    }
    std::uint64_t out() {
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
};

const budget::Budget kTwo{"two", "", {}, budget::Devices{2}, {}, ""};

} // namespace

TEST_CASE("as many are asked as the budget lets, the next when one of them is verified") {
    Budgeted world;
    world.enrol_many(4);
    world.set(kTwo);
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto first = world.offered(world.devices[0]);
    REQUIRE(first);
    REQUIRE(world.offered(world.devices[1]));
    CHECK_FALSE(world.offered(world.devices[2]));
    CHECK_FALSE(world.offered(world.devices[3]));
    const auto row = world.control.find<ports::RolloutRow>(fleet::test::kTenant, id);
    const Reach reach = world.rollouts.reach(fleet::test::kTenant, *row);
    REQUIRE(reach.blocked.size() == 1);
    CHECK(reach.blocked[0].by == rollout::Blocked::crowded);
    CHECK(reach.blocked[0].devices == 2);
    CHECK(rollout::in_words(reach.blocked[0]) ==
          "their group has no room (budget \"two\": 2 of at most 2 of its devices are out of service)");
    CHECK(reach.next == 0);
    world.tell(world.devices[0], *first, State::installing, 1);
    CHECK_FALSE(world.offered(world.devices[2]));
    world.tell(world.devices[0], *first, State::installed, 2, Reason::none, "2.0");
    CHECK(world.offered(world.devices[2]));
    CHECK_FALSE(world.offered(world.devices[3]));
    // Nobody is lost: it does not settle while some wait for room.
    world.look();
    CHECK(world.state(id) == rollout::State::running);
}

TEST_CASE("who has no room is told for each budget, once, and not when something else comes first") {
    Budgeted world;
    world.enrol_many(6);
    // S0 is out, and nobody of the two budgets may join it; S3 to S5 have room.
    world.set({"a", "serial in (S0, S1)", {}, budget::Devices{1}, {}, ""});
    world.set({"b", "serial in (S0, S1, S2)", {}, budget::Devices{1}, {}, ""});
    const auto id = world.start(world.plan({{100, kEasy}}));
    const auto row = [&] { return *world.control.find<ports::RolloutRow>(fleet::test::kTenant, id); };
    CHECK(world.rollouts.reach(fleet::test::kTenant, row()).next == 6);
    REQUIRE(world.offered(world.devices[0]));
    Reach reach = world.rollouts.reach(fleet::test::kTenant, row());
    REQUIRE(reach.blocked.size() == 2);
    CHECK(reach.blocked[0].example.starts_with("budget \"a\""));
    CHECK(reach.blocked[0].devices == 1);
    CHECK(reach.blocked[1].example.starts_with("budget \"b\""));
    CHECK(reach.blocked[1].devices == 1);
    CHECK(reach.next == 3);
    REQUIRE(world
                .status([&](auto reply) {
                    world.writer.submit(
                        shard::place_of(fleet::test::kTenant, world.devices[1].device),
                        shard::Priority::person,
                        [&](shard::Transaction& transaction) -> base::Status {
                            ports::DeviceRow held = *transaction.device(world.devices[1].device);
                            held.hold = true;
                            transaction.put(std::move(held));
                            return {};
                        },
                        reply);
                })
                .ok());
    reach = world.rollouts.reach(fleet::test::kTenant, row());
    REQUIRE(reach.blocked.size() == 2);
    CHECK(reach.blocked[0].by == rollout::Blocked::held);
    CHECK(reach.blocked[1].example.starts_with("budget \"b\""));
    REQUIRE(world.act(id, rollout::Event::pause).ok());
    CHECK(world.rollouts.reach(fleet::test::kTenant, row()).blocked.size() == 1); // nothing is offered anyway
}

TEST_CASE("polls that are decided in one batch cannot both take the last place") {
    Budgeted world;
    world.enrol_many(8);
    world.set(kTwo);
    world.start(world.plan({{100, kEasy}}));
    for (const auto& device : world.devices)
        world.poll(device);
    world.settle();
    CHECK(world.out() == 2);
}

TEST_CASE("a commit that fails gives its places back") {
    Budgeted world;
    world.enrol_many(8);
    world.set(kTwo);
    world.start(world.plan({{100, kEasy}}));
    for (const auto& device : world.devices)
        world.poll(device);
    world.executor.run();
    REQUIRE(world.journal.busy());
    while (world.journal.busy()) {
        world.journal.fail(base::unavailable("the disk is full"));
        world.executor.run();
    }
    CHECK(world.out() == 0);
    for (const auto& device : world.devices)
        world.poll(device);
    world.settle();
    CHECK(world.out() == 2);
}

TEST_CASE("two rollouts share one budget, and an urgent one passes a budget that yields to it") {
    Budgeted world;
    world.enrol_many(6);
    budget::Budget two = kTwo;
    two.yields_to = schedule::Priority::urgent;
    world.set(two);
    rollout::Plan half = world.plan({{100, kEasy}});
    half.query = "serial in (S0, S1, S2)";
    rollout::Plan other = world.plan({{100, kEasy}});
    other.name = "the others";
    other.query = "not serial in (S0, S1, S2)";
    world.start(half);
    world.start(other);
    REQUIRE(world.offered(world.devices[0]));
    REQUIRE(world.offered(world.devices[3]));
    CHECK_FALSE(world.offered(world.devices[1]));
    CHECK_FALSE(world.offered(world.devices[4]));
    world.clock.steady_ += 1s; // ids are in order from one moment to the next
    world.start(world.plan({{100, kEasy}}), schedule::Priority::urgent);
    CHECK(world.offered(world.devices[1]));
    CHECK(world.out() == 3);
}

TEST_CASE("an update by hand keeps the budget, and says which") {
    Budgeted world;
    world.enrol_many(3);
    world.set({"one", "", {"model"}, budget::Devices{1}, {}, ""});
    world.start(world.plan({{1, kEasy}, {100, kEasy}}));
    const auto now = [&](std::size_t i) {
        return world.status([&](auto reply) {
            world.rollouts.update_now(world.admin, world.devices[i].device, "now", reply);
        });
    };
    REQUIRE(now(0).ok());
    const auto refused = now(1);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::conflict);
    CHECK(refused.error().text().find("budget \"one\": 1 of at most 1 of model GW-1 is out of service") !=
          std::string::npos);
}

TEST_CASE("orders to go back keep the budget too, one after the other") {
    Budgeted world;
    world.enrol_many(3);
    world.publish("1.0", 1);
    const auto id = world.start(world.plan({{100, kEasy}}));
    for (const auto& device : world.devices)
        world.update(device);
    world.set({"one", "", {}, budget::Devices{1}, {}, ""});
    REQUIRE(world.act(id, rollout::Event::halt).ok());
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    const auto back = world.ask(world.devices[0], "2.0").offer;
    REQUIRE(back);
    CHECK(back->is_rollback);
    CHECK_FALSE(world.ask(world.devices[1], "2.0").offer);
    world.look();
    CHECK(world.state(id) == rollout::State::rolling_back);
    world.tell(world.devices[0], back->deployment, State::installing, 1);
    world.tell(world.devices[0], back->deployment, State::installed, 2, Reason::none, "1.0");
    CHECK(world.ask(world.devices[1], "2.0").offer);
    CHECK_FALSE(world.ask(world.devices[2], "2.0").offer);
}

TEST_CASE("a device that fell silent keeps its place until its deployment expires") {
    Budgeted world;
    world.enrol_many(2);
    world.set({"one", "", {}, budget::Devices{1}, {}, ""});
    world.start(world.plan({{100, kEasy}}));
    const auto first = world.offered(world.devices[0]);
    REQUIRE(first);
    world.tell(world.devices[0], *first, State::rebooting, 1);
    const auto pass = [&](base::Duration time) {
        const base::Duration until = world.clock.steady_ + time;
        while (world.clock.steady_ < until) {
            world.executor.advance(6h);
            world.settle();
        }
    };
    pass(24h);
    const auto state = [&] {
        return world.live.deployment(world.devices[0].key(), ports::DeploymentId::parse(*first).value())
            ->state;
    };
    CHECK(state() == State::silent);
    CHECK_FALSE(world.offered(world.devices[1]));
    pass(24h * 31);
    CHECK(state() == State::expired);
    CHECK(world.offered(world.devices[1]));
}
