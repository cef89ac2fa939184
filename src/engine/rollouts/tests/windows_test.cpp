// SPDX-License-Identifier: Apache-2.0
#include "../../schedules/tests/town.hpp"
#include "world.hpp"

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;
using namespace std::chrono_literals;
using fleet::Keeps;
using schedule::Priority;
using schedule::test::at;
using schedule::test::times;

namespace {

struct Windowed : World {
    schedules::test::FakeZones zones;
    schedules::Schedules schedules{core, zones};
    Windowed() {
        schedules.start();
        rollouts.keep_to(schedules);
        go_to("2026-05-04T12:00:00Z");
    }
    void go_to(std::string_view time) { clock.wall_offset += at(time) - clock.now(); }
    void set(const schedule::Rule& rule) {
        REQUIRE(result<schedules::Preview>([&](auto reply) { schedules.put(admin, rule, reply); }).ok());
    }
    std::optional<fleet::OfferView> asks(const fleet::DeviceActor& device, Keeps keeps = Keeps::yes) {
        fleet::PollReport report;
        report.boot_id = "b1";
        report.running_version = "1.0";
        report.keeps_windows = keeps;
        const auto answer = result<fleet::PollAnswer>([&](auto reply) { asked.poll(device, report, reply); });
        REQUIRE(answer.ok());
        return answer->offer;
    }
    std::optional<ports::DeploymentRow> deployment(const fleet::DeviceActor& device) {
        return live.deployment(device.key(), live.device(device.key())->deployment);
    }
};

const schedule::Rule kNights =
    schedules::test::window("nights", {times("2026-01-01T02:00", 2h, "FREQ=DAILY")});

} // namespace

TEST_CASE("an offer outside of the window is made ahead, and says when it may be installed") {
    Windowed world;
    world.enrol_many(1);
    world.set(kNights);
    world.start(world.plan({{100, kEasy}}));
    const auto offer = world.asks(world.devices[0]);
    REQUIRE(offer);
    REQUIRE(offer->install_windows);
    CHECK(offer->install_windows->size() == 32);
    CHECK(offer->install_windows->front() ==
          fleet::InstallWindow{at("2026-05-05T02:00:00Z"), at("2026-05-05T04:00:00Z")});
    CHECK(offer->as_of == world.clock.now());
    // Once the window is there it is the first that is told, and when it is over the next one is.
    world.go_to("2026-05-05T03:00:00Z");
    CHECK(world.asks(world.devices[0])->install_windows->front().from == at("2026-05-05T02:00:00Z"));
    world.go_to("2026-05-05T04:00:00Z");
    CHECK(world.asks(world.devices[0])->install_windows->front().from == at("2026-05-06T02:00:00Z"));
}

TEST_CASE("a program that does not keep windows is asked only while one is open") {
    Windowed world;
    world.enrol_many(1);
    world.set(kNights);
    world.start(world.plan({{100, kEasy}}));
    CHECK_FALSE(world.asks(world.devices[0], Keeps::no));
    world.go_to("2026-05-05T02:00:00Z");
    CHECK(world.asks(world.devices[0], Keeps::no));
}

TEST_CASE("without a rule an offer has no windows") {
    Windowed world;
    world.enrol_many(1);
    world.start(world.plan({{100, kEasy}}));
    const auto offer = world.asks(world.devices[0]);
    REQUIRE(offer);
    CHECK_FALSE(offer->install_windows);
}

TEST_CASE("a device whose window never opens is not asked, and counts as waiting") {
    Windowed world;
    world.enrol_many(2);
    world.set(schedules::test::window("once", {times("2026-01-01T02:00", 2h)}));
    const auto id = world.start(world.plan({{100, kEasy}}));
    CHECK_FALSE(world.asks(world.devices[0]));
    world.look();
    CHECK(world.state(id) == rollout::State::running);
    const auto row = world.control.find<ports::RolloutRow>(fleet::test::kTenant, id);
    const auto waves = world.rollouts.times(fleet::test::kTenant, *row);
    REQUIRE(waves.size() == 1);
    CHECK(waves[0].never == 2);
    CHECK(waves[0].now == 0);
}

TEST_CASE(
    "a freeze that is declared after the offer closes it, and a rollback gets through what yields to it") {
    Windowed world;
    world.enrol_many(1);
    world.publish("1.0", 1);
    rollout::Plan plan = world.plan({{100, kEasy}});
    const auto id = world.start(plan);
    REQUIRE(world.asks(world.devices[0]));
    schedule::Rule fair = schedules::test::freeze("fair", {times("2026-05-01T00:00", 10 * 24h)});
    fair.yields_to = Priority::urgent;
    world.set(fair);
    CHECK(world.asks(world.devices[0])->install_windows->front().from == at("2026-05-11T00:00:00Z"));
    world.update(world.devices[0]);
    REQUIRE(world.act(id, rollout::Event::halt).ok());
    REQUIRE(world.act(id, rollout::Event::roll_back).ok());
    const auto back = world.ask(world.devices[0], "2.0").offer;
    REQUIRE(back);
    CHECK(back->is_rollback);
    CHECK_FALSE(back->install_windows);
}

TEST_CASE("an urgent rollout does not wait for windows that yield to it") {
    Windowed world;
    world.enrol_many(1);
    schedule::Rule nights = kNights;
    nights.yields_to = Priority::urgent;
    world.set(nights);
    rollout::Plan plan = world.plan({{100, kEasy}});
    world.start(plan, Priority::urgent);
    const auto offer = world.asks(world.devices[0], Keeps::no);
    REQUIRE(offer);
    CHECK_FALSE(offer->install_windows);
}

TEST_CASE("a device that waits for its window is not silent before it had a chance, and is after one") {
    Windowed world;
    world.enrol_many(1);
    world.set(schedules::test::window("monthly", {times("2026-01-10T02:00", 2h, "FREQ=MONTHLY")}));
    world.start(world.plan({{100, kEasy}}));
    const auto offer = world.asks(world.devices[0]);
    REQUIRE(offer);
    world.tell(world.devices[0], offer->deployment, State::downloading, 1);
    world.tell(world.devices[0], offer->deployment, State::downloaded, 2);
    world.tell(world.devices[0], offer->deployment, State::awaiting_window, 3);
    REQUIRE(world.deployment(world.devices[0])->state == State::awaiting_window);
    const auto deadline = [&] { return *world.deployment(world.devices[0])->deadline; };
    CHECK(deadline() >= at("2026-05-10T02:00:00Z") + 24h * 13);
    // A freeze takes the window away: it waits for the next one.
    world.set(schedules::test::freeze("fair", {times("2026-05-09T00:00", 48h)}));
    const auto pass = [&](base::Duration time) {
        const base::Duration until = world.clock.steady_ + time;
        while (world.clock.steady_ < until) {
            world.executor.advance(6h);
            world.settle();
        }
    };
    pass(24h * 25);
    CHECK(world.deployment(world.devices[0])->state == State::awaiting_window);
    CHECK(deadline() > at("2026-06-10T02:00:00Z"));
    pass(24h * 40);
    CHECK(world.deployment(world.devices[0])->state == State::silent);
}

TEST_CASE("the plan says when the devices of each wave can be changed") {
    Windowed world;
    world.enrol_many(40);
    schedule::Rule kiel = kNights;
    kiel.query = "serial in (S0, S1, S2)";
    world.set(kiel);
    const auto id = world.start(world.plan({{50, kEasy}, {100, kEasy}}));
    const auto row = world.control.find<ports::RolloutRow>(fleet::test::kTenant, id);
    const auto waves = world.rollouts.times(fleet::test::kTenant, *row);
    REQUIRE(waves.size() == 2);
    std::uint64_t now = 0;
    std::uint64_t later = 0;
    for (const WaveTimes& wave : waves) {
        now += wave.now;
        for (const WaveTimes::Later& group : wave.later) {
            later += group.devices;
            CHECK(group.from == at("2026-05-05T02:00:00Z"));
            CHECK(group.to == at("2026-05-05T04:00:00Z"));
        }
        CHECK(wave.never == 0);
    }
    CHECK(now == 37);
    CHECK(later == 3);
}
