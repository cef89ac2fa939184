// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace oakum;
using namespace oakum::updates::test;
using install::State;

namespace {

struct Scenario {
    const char* name;
    Firmware behaviour;
    bool real_reboot;
    bool tear;
    int cuts;
    State end;
};

// One history: the power goes at the given moments, counted over the whole life of the device.
World& play(World& world, const Scenario& scenario, std::uint64_t first, std::uint64_t second) {
    world.reboots_for_real = scenario.real_reboot;
    world.tear = scenario.tear;
    world.cuts = scenario.cuts;
    world.add_release("2.0", scenario.behaviour, 2);
    world.power.cut_at = first;
    world.roll_out("2.0");
    const base::Duration until = world.steady_ + std::chrono::hours(4);
    bool armed = second != 0;
    while (world.steady_ < until) {
        if (world.power.was_cut && armed) {
            armed = false;
            world.power.was_cut = false;
            world.power.cut_at = world.power.moment + second;
        }
        if (world.ended() && world.agent && world.agent->state().phase == install::Phase::idle &&
            world.agent->state().reports.empty())
            break;
        world.step();
    }
    return world;
}

void must_end_well(World& world, const Scenario& scenario, std::uint64_t first, std::uint64_t second) {
    const std::string name = scenario.name;
    CAPTURE(name);
    CAPTURE(first);
    CAPTURE(second);
    REQUIRE(world.agent);
    CHECK(world.agent->state().phase == install::Phase::idle);
    CHECK(world.flash.trying.empty());
    // One power cut never changes the outcome, except that a boot loader may count a cut as a failed boot.
    const bool rolled_back = world.server.state == State::rolled_back;
    CHECK((world.server.state == scenario.end || rolled_back));
    CHECK(world.running == (world.server.state == State::verified ? "b" : "a"));
    CHECK(world.flash.active == world.running);
    CHECK(world.ends == 1);
}

constexpr Scenario scenarios[] = {
    {"good", Firmware::good, false, false, 0, State::verified},
    {"good, the agent dies with the slot", Firmware::good, true, false, 0, State::verified},
    {"good, connection cut, torn staging", Firmware::good, true, true, 2, State::verified},
    {"ill", Firmware::ill, false, false, 0, State::rolled_back},
    {"ill, the agent dies with the slot", Firmware::ill, true, false, 0, State::rolled_back},
    {"dead", Firmware::dead, true, false, 0, State::rolled_back},
    {"wrong version", Firmware::mislabelled, true, false, 0, State::rolled_back},
};

} // namespace

TEST_CASE("a power cut at any moment leaves a bootable, verified slot and the right end") {
    for (const Scenario& scenario : scenarios) {
        std::uint64_t moments = 0;
        for (std::uint64_t moment = 1;; ++moment) {
            World world;
            play(world, scenario, moment, 0);
            if (!world.power.was_cut) break;
            ++moments;
            must_end_well(world, scenario, moment, 0);
            // A single cut of a good update, though, costs nothing at all.
            if (scenario.behaviour == Firmware::good) CHECK(world.server.state == State::verified);
        }
        MESSAGE(std::string(scenario.name) << ": " << moments << " moments");
        CHECK(moments > 60);
    }
}

TEST_CASE("a second power cut soon after the first changes nothing") {
    for (const Scenario& scenario : scenarios) {
        for (std::uint64_t moment = 1;; moment += 3) {
            World probe;
            play(probe, scenario, moment, 0);
            if (!probe.power.was_cut) break;
            for (const std::uint64_t later : {1U, 2U, 3U, 5U, 8U, 13U}) {
                World world;
                play(world, scenario, moment, later);
                must_end_well(world, scenario, moment, later);
            }
        }
    }
}
