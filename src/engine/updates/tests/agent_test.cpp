// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <algorithm>

using namespace oakum;
using namespace oakum::updates::test;
using install::Reason;
using install::State;

TEST_CASE("an update goes the whole way and is verified") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.detail == "");
    REQUIRE(world.server.state == State::verified);
    CHECK(world.flash.active == "b");
    CHECK(world.flash.trying.empty());
    CHECK(world.flash.staging.empty());
    CHECK(world.told == std::vector<std::string>{"downloading", "downloaded", "installing", "rebooting",
                                                 "installed", "verified"});
    CHECK(world.agent->state().installed->version == "2.0");
    CHECK(world.agent->state().previous->version == "1.0");
    CHECK(world.last_poll.desired == world.desired);
    CHECK(world.inventory_of == "2.0");
    CHECK(world.inventories == 2); // of the slot before, and of this one
}

TEST_CASE("what a new slot runs is told before its version is, and a server without room for it still hears "
          "the end") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.inventories_refused = true;
    world.run();
    REQUIRE(world.server.state == State::verified);
    CHECK(world.inventories == 0);
    world.inventories_refused = false;
    for (int i = 0; i < 3; ++i)
        world.step();
    CHECK(world.inventory_of == "2.0");
}

TEST_CASE("firmware that fails its checks is left again, and the reason is told") {
    World world;
    world.add_release("2.0", Firmware::ill, 2);
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.state == State::rolled_back);
    CHECK(world.server.reason == Reason::health_failed);
    CHECK(world.server.detail.find("no uplink") != std::string::npos);
    CHECK(world.running == "a");
    CHECK(world.flash.active == "a");
}

TEST_CASE("the fall-back needs no network, and is told when the network is back") {
    World world;
    world.add_release("2.0", Firmware::ill, 2);
    world.roll_out("2.0");
    while (world.running != "b")
        world.step();
    world.network_down = true;
    world.run(10min);
    CHECK(world.running == "a");
    CHECK_FALSE(install::is_terminal(world.server.state));
    world.network_down = false;
    world.run();
    CHECK(world.server.state == State::rolled_back);
    CHECK(world.server.reason == Reason::health_failed);
}

TEST_CASE("firmware that never comes up is given up by the boot loader") {
    World world;
    world.add_release("2.0", Firmware::dead, 2);
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.state == State::rolled_back);
    CHECK(world.server.reason == Reason::boot_failed);
    CHECK(std::ranges::count(world.boots, "b 2.0") == 3);
}

TEST_CASE("firmware that says it is something else is left again") {
    World world;
    world.add_release("2.0", Firmware::mislabelled, 2);
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.state == State::rolled_back);
    CHECK(world.server.reason == Reason::wrong_version);
}

TEST_CASE("firmware that falls ill in its soak time is left again") {
    World world;
    world.terms.soak = 60s;
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::soaking)
        world.step();
    CHECK(world.flash.active == "b");
    world.ill_from_now_on = "b";
    world.run();
    CHECK(world.server.state == State::rolled_back);
    CHECK(world.server.reason == Reason::health_failed);
    CHECK(world.running == "a");
}

TEST_CASE("a tampered artifact is refused before anything is written to a slot") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.tampered = true;
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.state == State::failed);
    CHECK(world.server.reason == Reason::verification_failed);
    CHECK(world.slot_writes == 0);
    CHECK(world.boot_number == 1);
    CHECK(world.server.attempt == 3);
}

TEST_CASE("a body longer than signed is cut off at once") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.endless = true;
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.reason == Reason::verification_failed);
    CHECK(world.slot_writes == 0);
}

TEST_CASE("a download that was cut goes on where it stopped") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.cuts = 3;
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.state == State::verified);
    CHECK(world.server.resumed);
    CHECK(world.server.attempt == 1);
    REQUIRE(world.asked_from.size() == 4);
    for (std::size_t i = 1; i < world.asked_from.size(); ++i)
        CHECK(world.asked_from[i] > world.asked_from[i - 1]);
}

TEST_CASE("what lay torn after a power cut is fetched once more from its beginning") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.tear = true;
    world.roll_out("2.0");
    world.cuts = 1;
    while (world.flash.staging.empty())
        world.step();
    world.lose_power();
    world.run();
    CHECK(world.server.state == State::verified);
    CHECK(std::ranges::count(world.asked_from, 0U) == 2);
}

TEST_CASE("a network that stays away costs network attempts only, in bounded number") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.cuts = 1 << 30;
    world.terms.budget.transient = 2;
    while (world.flash.staging.empty())
        world.step();
    world.network_down = true;
    world.run(24h);
    CHECK(world.agent->state().phase == install::Phase::idle);
    CHECK(world.requests <= 20);
    world.network_down = false;
    world.cuts = 0;
    world.run(24h);
    CHECK(world.server.state == State::verified);
    CHECK(world.server.transient_failures == 1);
    CHECK(world.server.resumed);
}

TEST_CASE("an overloaded server costs no attempt at all") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::downloading)
        world.step();
    world.pause = 30s;
    for (int i = 0; i < 500; ++i)
        world.step();
    CHECK(world.agent->state().phase == install::Phase::downloading);
    CHECK(world.agent->state().current->network_failures == 0);
    world.pause = 0s;
    world.run();
    CHECK(world.server.state == State::verified);
    CHECK(world.server.attempt == 1);
}

TEST_CASE("a withdrawn update stops wherever it can, and leaves the device as it was") {
    for (const install::Phase at : {install::Phase::downloading, install::Phase::staged,
                                    install::Phase::writing, install::Phase::written}) {
        World world;
        world.add_release("2.0", Firmware::good, 2);
        world.roll_out("2.0");
        while (world.agent->state().phase != at)
            world.step();
        world.withdraw();
        world.run();
        CHECK_MESSAGE(world.agent->state().phase == install::Phase::idle, install::to_string(at));
        if (world.server.state == State::verified) continue; // it was past stopping when it heard
        CHECK(world.server.state == State::withdrawn);
        CHECK(world.running == "a");
        CHECK(world.flash.trying.empty());
    }
}

TEST_CASE("an older release is refused unless it is the one that ran before and its return was ordered") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.add_release("1.5", Firmware::good, 1);
    world.roll_out("2.0", "d-1");
    world.run();
    REQUIRE(world.server.state == State::verified);

    world.roll_out("1.0", "d-2");
    world.run();
    CHECK(world.server.state == State::failed);
    CHECK(world.server.reason == Reason::incompatible);

    world.order_rollback("1.5", "d-3");
    world.run();
    CHECK(world.server.state == State::failed);
    CHECK(world.server.reason == Reason::incompatible);

    world.order_rollback("1.0", "d-4");
    world.run();
    CHECK(world.server.state == State::verified);
    CHECK(world.flash.slots[world.running].image->version == "1.0");
}

TEST_CASE("a release below the floor is refused even when its return is ordered") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.targets[World::path_of("2.0")].terms->floor = 2;
    world.roll_out("2.0", "d-1");
    world.run();
    REQUIRE(world.server.state == State::verified);
    world.order_rollback("1.0", "d-2");
    world.run();
    CHECK(world.server.state == State::failed);
    CHECK(world.server.detail.find("floor") != std::string::npos);
}

TEST_CASE("what does not fit this device is refused before anything is fetched") {
    const auto refused = [](auto spoil) {
        World world;
        world.add_release("2.0", Firmware::good, 2);
        spoil(world);
        world.roll_out("2.0");
        world.run(5h);
        CHECK(world.requests == 0);
        CHECK(world.slot_writes == 0);
        CHECK(world.server.state == State::failed);
        return world.server.reason;
    };
    const std::string path = World::path_of("2.0");
    CHECK(refused([&](World& w) { w.targets[path].terms->models = {"camera-c1"}; }) == Reason::incompatible);
    CHECK(refused([&](World& w) { w.targets[path].terms->hw_revisions = {"Z"}; }) == Reason::incompatible);
    CHECK(refused([&](World& w) { w.targets[path].terms->format = "swu"; }) == Reason::incompatible);
    CHECK(refused([&](World& w) { w.targets[path].terms->min_from = "1.9"; }) == Reason::incompatible);
    CHECK(refused([&](World& w) { w.targets[path].terms->version = "2.1"; }) == Reason::verification_failed);
    CHECK(refused([&](World& w) { w.targets[path].terms.reset(); }) == Reason::incompatible);
    CHECK(refused([&](World& w) { w.targets[path].hashes.sha256.reset(); }) == Reason::verification_failed);
    CHECK(refused([&](World& w) { w.targets.erase(path); }) == Reason::verification_failed);
    CHECK(refused([&](World& w) { w.slot_size = 1000; }) == Reason::out_of_space);
    CHECK(refused([&](World& w) { w.free_space = 60'500; }) == Reason::out_of_space);
}

TEST_CASE("expired metadata is tried again later and costs no install attempt") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.distrust = updates::NotTrusted{Reason::metadata_expired, "timestamp.json expired", false, {}};
    world.roll_out("2.0");
    world.run(30min);
    CHECK(world.server.transient_failures >= 3);
    CHECK(world.server.state == State::offered);
    world.distrust.reset();
    world.run(2h);
    CHECK(world.server.state == State::verified);
}

TEST_CASE("a slot that does not hold what was written is never tried") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.bad_medium = true;
    world.roll_out("2.0");
    world.run(5h);
    CHECK(world.server.state == State::failed);
    CHECK(world.server.reason == Reason::write_failed);
    CHECK(world.boot_number == 1);
}

TEST_CASE("a full disk stops the download with its reason and breaks nothing") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.staging_limit = 20'000;
    world.roll_out("2.0");
    world.run(5h);
    CHECK(world.server.state == State::failed);
    CHECK(world.server.reason == Reason::out_of_space);
}

TEST_CASE("an agent that cannot store its state does nothing until it can") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.disk_full = true;
    world.roll_out("2.0");
    for (int i = 0; i < 200; ++i)
        world.step();
    CHECK(world.agent->state().phase == install::Phase::idle);
    CHECK(world.requests == 0);
    world.disk_full = false;
    world.run();
    CHECK(world.server.state == State::verified);
}

TEST_CASE("a release that runs already is told as installed and not fetched") {
    World world;
    world.roll_out("1.0");
    world.run();
    CHECK(world.server.state == State::verified);
    CHECK(world.requests == 0);
}

TEST_CASE("a server that was restored from a backup hears again how it ended") {
    for (const Firmware firmware : {Firmware::good, Firmware::ill}) {
        World world;
        world.add_release("2.0", firmware, 2);
        world.roll_out("2.0");
        const install::Deployment before = world.server;
        world.run();
        const State ended = firmware == Firmware::good ? State::verified : State::rolled_back;
        REQUIRE(world.server.state == ended);
        const auto boots = world.boots.size();
        // Also by an agent that was started anew since, and also when the server waits for it to stop.
        for (const bool waits_for_stop : {false, true}) {
            world.lose_power();
            world.server = before;
            world.server.deadline = world.now() + world.terms.step_timeout;
            if (waits_for_stop) {
                world.server.state = State::cancelling;
                ++world.desired;
            }
            world.told.clear();
            world.run(2min);
            CHECK(world.server.state == ended);
            CHECK(world.server.version_after == (firmware == Firmware::good ? "2.0" : "1.0"));
            CHECK(world.server.reason == (firmware == Firmware::good ? Reason::none : Reason::health_failed));
            CHECK(world.told == std::vector<std::string>{std::string(install::to_string(ended))});
        }
        CHECK(world.boots.size() == boots + 2); // the power cuts
    }
}

TEST_CASE("a lost state file in the middle of a trial leads back to the old slot") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::trying)
        world.step();
    world.flash.kept["state.json"] = "{\"torn";
    world.lose_power();
    CHECK(world.running == "a");
    CHECK(world.flash.trying.empty());
    world.run();
    CHECK(world.server.state == State::verified);
}

TEST_CASE("a lost state file lowers no floor: what runs says what it was signed with") {
    World world;
    world.add_release("2.0", Firmware::good, 5);
    world.targets[World::path_of("2.0")].terms->floor = 4;
    // Its version looks newer, and its counter says that it is not.
    world.add_release("9.0", Firmware::good, 3);
    world.roll_out("2.0");
    world.run();
    REQUIRE(world.server.state == State::verified);
    SUBCASE("gone") {
        world.flash.kept.erase("state.json");
    }
    SUBCASE("torn") {
        world.flash.kept["state.json"].resize(40);
    }
    SUBCASE("kept") {}
    world.lose_power();
    CHECK(world.agent->state().floor == 4);
    CHECK(world.agent->state().installed->counter == 5);
    world.terms.budget.install = 1;
    world.roll_out("9.0", "d-2");
    world.run();
    CHECK(world.server.state == State::failed);
    CHECK(world.server.reason == Reason::incompatible);
    CHECK(world.running == "b");
}

TEST_CASE("the floor rises only with a release that stayed, also when the state is lost on the way") {
    World world;
    world.add_release("2.0", Firmware::good, 5);
    world.targets[World::path_of("2.0")].terms->floor = 4;
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::trying)
        world.step();
    world.flash.kept.erase("state.json");
    world.lose_power(); // the trial is over: nobody knows of it
    CHECK(world.running == "a");
    CHECK(world.agent->state().floor == 0);
}

TEST_CASE("a rate limit holds over the whole download") {
    World world;
    world.settings.bytes_per_second = 16'384;
    world.lose_power();
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    while (world.agent->state().phase != install::Phase::downloading)
        world.step();
    const base::Duration began = world.steady_;
    while (world.agent->state().phase == install::Phase::downloading)
        world.step();
    const double seconds = static_cast<double>((world.steady_ - began).count()) / 1000;
    const double least = (60'000.0 - 16'384.0) / 16'384.0;
    CHECK(seconds >= least);
    CHECK(seconds <= least + 3);
}

TEST_CASE("while the server is away polls become rare") {
    World world;
    world.network_down = true;
    const base::Duration until = world.steady_ + 24h;
    while (world.steady_ < until)
        world.step();
    CHECK(world.polls > 24);
    CHECK(world.polls < 24 * 12);
}

TEST_CASE("the certificate is renewed when the server says so, however wrong the clock here is") {
    World world;
    const auto years = std::chrono::hours(24 * 365);
    SUBCASE("years ahead") {
        world.clock_off = 20 * years;
    }
    SUBCASE("years behind") {
        world.clock_off = -20 * years;
    }
    const auto steps = [&](int count) {
        for (int i = 0; i < count; ++i)
            world.step();
    };
    steps(50);
    CHECK(world.renewals == 0);
    world.asks_renewal = true;
    steps(50);
    CHECK(world.renewals == 1);
    CHECK(world.adopted == "certificate for csr");
}

TEST_CASE("a renewal that fails is tried again soon, and then ever more rarely") {
    World world;
    world.asks_renewal = world.renewals_refused = true;
    const auto run_for = [&](base::Duration time) {
        const base::Duration until = world.steady_ + time;
        while (world.steady_ < until)
            world.step();
    };
    run_for(60s);
    CHECK(world.renewals >= 3);
    const int before = world.renewals;
    run_for(24h);
    CHECK(world.renewals - before > 24);
    CHECK(world.renewals - before < 24 * 12);
    world.renewals_refused = false;
    run_for(1h);
    CHECK(world.adopted == "certificate for csr");
}
