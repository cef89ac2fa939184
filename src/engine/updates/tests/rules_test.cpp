// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <algorithm>

using namespace oakum;
using namespace oakum::updates;
using namespace oakum::updates::test;
using install::State;

namespace {

struct Rules final : LocalRules {
    std::string download, install;
    std::string may_download() override { return download; }
    std::string may_install() override { return install; }
};

struct Ruled {
    World world;
    Rules rules;
    Ruled() {
        world.rules = &rules;
        world.agent.reset();
        world.boot();
        world.add_release("2.0", Firmware::good, 2);
        world.roll_out("2.0");
    }
    void run(base::Duration time) {
        const base::Duration until = world.steady_ + time;
        while (world.steady_ < until)
            world.step();
    }
};

} // namespace

TEST_CASE("over a metered link nothing is downloaded, the server hears why, and it is not taken for silent") {
    Ruled device;
    device.rules.download = "its link is wwan0, which is metered (rules.metered)";
    device.run(6h); // far longer than a step may take
    CHECK(device.world.requests == 0);
    CHECK(device.world.server.state == State::awaiting_window);
    CHECK(device.world.server.detail == device.rules.download);
    CHECK(device.world.agent->standing().held == device.rules.download);
    device.rules.download.clear();
    while (device.world.agent->state().phase == install::Phase::downloading)
        device.world.step();
    CHECK(std::ranges::count(device.world.told, "downloading") >= 2); // it goes on, and says so
    device.run(10min);
    CHECK(device.world.server.state == State::verified);
    CHECK(device.world.agent->standing().held.empty());
}

TEST_CASE("on a weak battery it is downloaded and not installed until it is charged; the server hears why") {
    Ruled device;
    device.rules.install = "its battery is at 12 %, and 50 % are needed (rules.battery_percent)";
    device.run(30h);
    CHECK(device.world.slot_writes == 0);
    CHECK(device.world.agent->state().phase == install::Phase::waiting);
    CHECK(device.world.server.state == State::awaiting_window);
    CHECK(device.world.server.detail == device.rules.install);
    device.rules.install.clear();
    device.run(10min);
    CHECK(device.world.server.state == State::verified);
}

TEST_CASE("a battery that runs down after the slot was written holds up the restart into it") {
    Ruled device;
    while (device.world.agent->state().phase != install::Phase::written)
        device.world.step();
    device.rules.install = "its battery is at 3 %";
    device.run(1h);
    CHECK(device.world.running == "a");
    CHECK(device.world.flash.trying.empty());
    device.rules.install.clear();
    device.run(10min);
    CHECK(device.world.server.state == State::verified);
}

TEST_CASE("what waits by its own rules is told when it begins, and then now and then, not at each look") {
    Ruled device;
    device.rules.install = "it is busy";
    device.run(12h);
    const auto told = std::ranges::count(device.world.told, "awaiting_window");
    CHECK(told >= 5);
    CHECK(told <= 8);
    const int saves = device.world.saves;
    device.run(10min);
    CHECK(device.world.saves - saves <= 2); // flash wears
}

TEST_CASE("a withdrawal is heard while a device waits by its own rules") {
    Ruled device;
    device.rules.install = "it is busy";
    device.run(10min);
    device.world.withdraw();
    device.run(10min);
    CHECK(device.world.agent->state().phase == install::Phase::idle);
    CHECK(device.world.server.state == State::withdrawn);
    CHECK(device.world.slot_writes == 0);
}
