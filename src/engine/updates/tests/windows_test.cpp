// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <algorithm>

using namespace oakum;
using namespace oakum::updates::test;
using install::State;

namespace {

std::uint64_t in(World& world, base::Duration later) {
    return static_cast<std::uint64_t>(base::unix_seconds(world.true_time() + later));
}
// When the first slot write began, against the window's beginning.
struct Watched {
    std::optional<base::TimePoint> written, restarted;
};
Watched watch(World& world, base::Duration time = 3h) {
    Watched seen;
    const base::Duration until = world.steady_ + time;
    while (world.steady_ < until && !world.ended()) {
        world.step();
        if (world.slot_writes > 0 && !seen.written) seen.written = world.true_time();
        if (world.boot_number > 1 && !seen.restarted) seen.restarted = world.true_time();
    }
    return seen;
}

} // namespace

TEST_CASE("what is downloaded ahead is installed only once its window opens") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    const base::TimePoint opens = world.true_time() + 1h;
    world.windows = {{in(world, 1h), in(world, 2h)}};
    world.roll_out("2.0");
    const Watched seen = watch(world);
    REQUIRE(world.server.state == State::verified);
    CHECK(*seen.written >= opens);
    CHECK(*seen.written <= opens + 2min);
    CHECK(world.told == std::vector<std::string>{"downloading", "downloaded", "awaiting_window", "installing",
                                                 "rebooting", "installed", "verified"});
}

TEST_CASE("a device that lost its network keeps to the windows it was told") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    const base::TimePoint opens = world.true_time() + 1h;
    world.windows = {{in(world, 1h), in(world, 2h)}};
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::waiting)
        world.step();
    world.network_down = true;
    world.lose_power(); // and its memory
    while (world.true_time() < opens + 10min)
        world.step();
    CHECK(world.slot_writes == 1);
    CHECK(world.running == "b");
    world.network_down = false;
    world.run();
    CHECK(world.server.state == State::verified);
}

TEST_CASE("a window that closes before the restart is waited for again, and nothing restarts outside of it") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.windows = {{in(world, 0s), in(world, 1h)}, {in(world, 2h), in(world, 3h)}};
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::written)
        world.step();
    const base::TimePoint reopens = world.true_time() + 2h;
    world.windows = {{in(world, 2h), in(world, 3h)}}; // somebody declared a freeze
    world.agent->step();                              // a poll hears of it, or the act is faster
    if (world.agent->state().phase == install::Phase::written) {
        const Watched seen = watch(world, 4h);
        CHECK(*seen.restarted >= reopens - 1min);
        CHECK(std::ranges::count(world.told, "awaiting_window") == 1);
    }
    world.run(4h);
    CHECK(world.server.state == State::verified);
}

TEST_CASE("a freeze that is declared while a device waits holds it, and a window that is opened lets it go") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.windows = {{in(world, 10min), in(world, 20min)}};
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::waiting)
        world.step();
    world.windows.emplace(); // nothing can be said yet
    const base::Duration until = world.steady_ + 30min;
    while (world.steady_ < until)
        world.step();
    CHECK(world.agent->state().phase == install::Phase::waiting);
    CHECK(world.slot_writes == 0);
    world.windows.reset();
    world.run();
    CHECK(world.server.state == State::verified);
}

TEST_CASE("a device whose clock is years off keeps to the server's time") {
    World world;
    world.clock_off = -24h * 365 * 30;
    world.add_release("2.0", Firmware::good, 2);
    const base::TimePoint opens = world.true_time() + 1h;
    world.windows = {{in(world, 1h), in(world, 2h)}};
    world.roll_out("2.0");
    const Watched seen = watch(world);
    REQUIRE(world.server.state == State::verified);
    CHECK(*seen.written >= opens);
    CHECK(*seen.written <= opens + 2min);
}

TEST_CASE("an update that waits for its window can be taken back") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.windows = {{in(world, 1h), in(world, 2h)}};
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::waiting)
        world.step();
    world.withdraw();
    world.run();
    CHECK(world.server.state == State::withdrawn);
    CHECK(world.slot_writes == 0);
}
