// SPDX-License-Identifier: Apache-2.0
#include "town.hpp"

using namespace oakum;
using namespace oakum::steering::test;

TEST_CASE("a phone is told, and verified by what its inventory says") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    CHECK(town.read() == "done: 1 devices of Android Management API (droids): 0 new, 0 changed, 1 unchanged, "
                         "1 told to update");
    REQUIRE(town.script.sent.size() == 1);
    CHECK(town.script.policies["p1"] == "oakum-default");
    CHECK(town.state("p1") == State::downloading);
    CHECK(town.fact("p1", "x.steered_from") == "default");
    CHECK(town.deployment("p1")->version_before == "16, 2026-06-05");
    // The answer of its system is no proof.
    town.read();
    CHECK(town.totals(id).verified == 0);
    town.clock.wall_offset += 1h;
    town.all_speak();
    town.read();
    CHECK(town.state("p1") == State::installing); // it has the policy
    town.clock.wall_offset += 24h;
    town.phone("p1", "2026-08-05");
    town.read();
    CHECK(town.state("p1") == State::verified);
    CHECK(town.totals(id).verified == 1);
    // Its own policy is back, and nothing is kept of it.
    CHECK(town.script.policies["p1"] == "default");
    CHECK(town.fact("p1", "x.steered_from").empty());
    CHECK(town.live.device({kTenant, town.device("p1")})->running_version.empty());
}

TEST_CASE("while writing is off a rollout says so, and sends nothing") {
    Town town;
    town.reads_only();
    town.phone("p1");
    town.read();
    const auto id = town.start();
    town.read();
    CHECK(town.script.sent.empty());
    CHECK_FALSE(town.deployment("p1"));
    const auto blocked = town.blocked(id);
    REQUIRE(blocked.size() == 1);
    CHECK(blocked.begin()->first ==
          "known by a management system that Oakum only reads: an administrator lets it write there with "
          "`oakum connector steer droids --on`");
    connectors::ConnectorPatch patch;
    patch.steers = true;
    REQUIRE(town.set("droids", patch).ok());
    CHECK(town.blocked(id).empty());
    town.read();
    CHECK(town.script.sent.size() == 1);
}

TEST_CASE("phones of a system that nothing can be updated through are told apart") {
    Town town;
    REQUIRE(town.set("hq", Town::fresh()).ok());
    connector::ManagedDevice& one = town.phone("p1");
    one.facts.erase("x.amapi_device");
    one.facts["x.intune_id"] = "p1";
    CHECK(town.sync_now("hq").starts_with("done: 1 devices"));
    const auto id = town.start();
    CHECK(town.blocked(id) ==
          std::map<std::string, std::uint64_t>{
              {"known by a management system that Oakum has nothing updated through: set the update there",
               1}});
}

TEST_CASE("a phone that cannot comply is named with its reason, and holds no gate") {
    Town town;
    town.phone("good");
    town.phone("own").facts["x.ownership"] = "personal";
    town.phone("current").facts["x.update_status"] = "UP_TO_DATE";
    town.phone("mute").facts.erase("patch_level");
    town.phone("done", "2026-08-05");
    town.read();
    const auto id = town.start({{100, kEasy}});
    CHECK(town.blocked(id) ==
          std::map<std::string, std::uint64_t>{
              {"personal: it is a person's own, or not known to be the company's: its owner decides", 1},
              {"not offered: its maker has nothing so new for it yet", 1},
              {"it does not say what it runs", 1}});
    CHECK(town.rollouts.members(kTenant, town.row(id)).at(0) == 1);
    town.read();
    CHECK(town.script.sent.size() == 1);
    town.clock.wall_offset += 1h;
    town.phone("good", "2026-08-05");
    town.read();
    town.rollouts.look_at_gates();
    town.settle();
    CHECK(town.row(id).state == rollout::State::settled);
}

TEST_CASE("a phone that is silent for two weeks is quiet, is not told, and comes back when it speaks") {
    Town town;
    town.phone("p1");
    town.phone("p2");
    town.read();
    town.clock.wall_offset += 15 * 24h;
    town.phone("p1");
    const auto id = town.start();
    town.read();
    CHECK(town.totals(id).started == 1);
    CHECK(town.count("lifecycle = quiet") == 1);
    CHECK(town.blocked(id) == std::map<std::string, std::uint64_t>{{"it has not been heard of for long", 1}});
    CHECK(town.rollouts.members(kTenant, town.row(id)).at(0) == 0);
    town.phone("p2");
    town.read(); // which hears it; the next one offers
    CHECK(town.count("lifecycle = quiet") == 0);
    town.read();
    CHECK(town.totals(id).started == 2);
}

TEST_CASE("waves and their gates hold for phones as for every device") {
    Town town;
    for (int i = 0; i < 40; ++i)
        town.phone("p" + std::to_string(i));
    town.read();
    const auto id = town.start({{20, kEasy}, {100, kEasy}});
    town.read();
    const std::size_t first = town.script.sent.size();
    CHECK(first > 0);
    CHECK(first < 30);
    town.rollouts.look_at_gates();
    town.settle();
    town.read();
    CHECK(town.script.sent.size() == first);
    town.clock.wall_offset += 1h;
    for (const auto& [phone, policy] : std::map(town.script.policies))
        if (policy != "default") town.phone(phone, "2026-08-05");
    town.read();
    CHECK(town.totals(id).verified == first);
    town.rollouts.look_at_gates();
    town.settle();
    CHECK(town.row(id).open_wave == 1);
    town.read();
    CHECK(town.totals(id).started == 40);
}

TEST_CASE("a phone soaks, and is heard of after that, before it counts") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start({{100, kEasy}}, 2h);
    town.read();
    town.clock.wall_offset += 1h;
    town.phone("p1", "2026-08-05");
    town.read();
    CHECK(town.state("p1") == State::soaking);
    town.clock.wall_offset += 3h; // past its soak, and not heard of since
    town.read();
    CHECK(town.totals(id).verified == 0);
    town.phone("p1", "2026-08-05");
    town.read();
    CHECK(town.totals(id).verified == 1);
}

TEST_CASE("a phone that falls back while it soaks is a failure that the gate sees") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start({{100, kEasy}}, 2h);
    town.read();
    town.clock.wall_offset += 1h;
    town.phone("p1", "2026-08-05");
    town.read();
    town.clock.wall_offset += 10min;
    town.phone("p1", "2026-06-05");
    town.read();
    CHECK(town.totals(id).rolled_back == 1);
}

TEST_CASE("no phone is ordered back to an older system") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    REQUIRE(town.act(id, rollout::Event::halt).ok());
    const base::Status refused = town.act(id, rollout::Event::roll_back);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.starts_with("no phone goes back to an older system"));
}

TEST_CASE("one level is one release, whoever plans it") {
    Town town;
    const auto make = [&](const floor::Policy& policy) {
        return town
            .result<ports::ReleaseId>(
                [&](auto reply) { town.rollouts.create_level(town.admin, policy, reply); })
            .value();
    };
    floor::Policy other = town.level();
    other.name = "another";
    other.query = "site = Kiel";
    CHECK(make(town.level()) == make(other));
    other.install = floor::Hours{1'320, 300};
    CHECK(make(town.level()) != make(other));
    CHECK(make(town.level()) != make(town.level("2026-09-05")));
}

TEST_CASE("one rollout brings phones to a level and devices with an agent to a version") {
    Town town;
    town.phone("p1");
    town.read();
    town.token("t", 1);
    const auto enrolled = town.enrol("t", "GW1", "GW-1");
    REQUIRE(enrolled.ok());
    const auto gateway = town.actor(*enrolled);
    const ports::ReleaseId level = town.make_level();
    ports::ReleaseRow row = *town.control.find<ports::ReleaseRow>(kTenant, level);
    row.models = {"GW-1"};
    row.version = "2.0";
    row.target_path = "gateway/2.0/gateway.tar";
    town.put(row);
    const auto id = town.start({{100, kEasy}}, {}, level);
    CHECK(town.rollouts.in_scope(kTenant, town.row(id)).yes == 2);
    town.read();
    CHECK(town.state("p1") == State::downloading);
    fleet::PollReport poll;
    poll.boot_id = "b1";
    poll.running_version = "1.0";
    const auto answer =
        town.result<fleet::PollAnswer>([&](auto reply) { town.asked.poll(gateway, poll, reply); });
    REQUIRE(answer.ok());
    REQUIRE(answer->offer);
    CHECK(answer->offer->target_path == "gateway/2.0/gateway.tar");
    CHECK(town.totals(id).started == 2);
}
