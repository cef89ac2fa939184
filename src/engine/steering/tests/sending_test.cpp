// SPDX-License-Identifier: Apache-2.0
// What is sent to a management system, when it is not, and what is put back.
#include "town.hpp"

using namespace oakum;
using namespace oakum::steering::test;

TEST_CASE("nothing is sent before it is durable and audited, with the exact call") {
    Town town;
    town.phone("p1");
    town.read();
    town.start();
    bool asked = false;
    town.script.before_sending = [&] {
        asked = true;
        const auto rows = town.audited("phone.tell");
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].after == R"({"method":"PATCH","url":"p1","body":"oakum-default"})");
        CHECK(rows[0].why == "rollout \"august\"");
        CHECK(town.fact("p1", "x.steered_from") == "default");
        CHECK(town.state("p1") == State::offered);
    };
    town.read();
    CHECK(asked);
}

TEST_CASE("a cut between what is written down and what is sent is made good, and loses nothing") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    // The system got it, and the answer is lost; then it does not get it at all.
    for (const bool arrives : {true, false}) {
        town.script.answers = {base::unavailable("the connection was cut")};
        if (arrives) town.script.before_sending = [&] { town.script.policies["p1"] = "oakum-default"; };
        CHECK(town.read().starts_with("failed: the connection was cut"));
        town.script.before_sending = [] {};
        CHECK(town.state("p1") == State::offered);
        CHECK(town.fact("p1", "x.steered_from") == "default"); // and not what was set by us
    }
    town.read();
    CHECK(town.state("p1") == State::downloading);
    REQUIRE(town.act(id, rollout::Event::abort).ok());
    town.read();
    CHECK(town.script.policies["p1"] == "default");
}

TEST_CASE("a pause and a hold reach phones that were not told, and say nothing to those that were") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    town.script.answers = {base::unavailable("the connection was cut")};
    town.read(); // offered, not told
    REQUIRE(town.act(id, rollout::Event::pause).ok());
    town.read();
    CHECK(town.script.sent.empty());
    REQUIRE(town.act(id, rollout::Event::resume).ok());
    town.read();
    CHECK(town.script.sent.size() == 1);
    town.phone("p2");
    REQUIRE(town.act(id, rollout::Event::pause).ok());
    town.read();
    CHECK(town.script.sent.size() == 1);
    CHECK(town.script.policies["p1"] == "oakum-default");
}

TEST_CASE("a rollout that is stopped puts back what was set, and says that the phone may go on") {
    Town town;
    town.phone("told");
    town.read();
    const auto id = town.start();
    town.read();
    REQUIRE(town.act(id, rollout::Event::halt).ok());
    CHECK(town.state("told") == State::cancelling);
    CHECK(town.read().ends_with("1 given back what was set before"));
    CHECK(town.state("told") == State::withdrawn);
    CHECK(town.script.policies["told"] == "default");
    CHECK(town.deployment("told")->detail ==
          "what was set for it before is set again: default; what the phone had begun by itself it may still "
          "install");
    REQUIRE(town.audited("phone.put_back").size() == 1);
    CHECK(town.totals(id).started == 0);
}

TEST_CASE("what somebody sets there meanwhile is left as it is") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    town.read();
    town.clock.wall_offset += 1h;
    town.script.policies["p1"] = "kiosk";
    town.all_speak();
    town.read();
    CHECK(town.state("p1") == State::failed);
    CHECK(town.deployment("p1")->detail == "somebody set kiosk for it there since: that stays");
    town.read();
    CHECK(town.script.policies["p1"] == "kiosk");
    CHECK(town.fact("p1", "x.steered_from").empty());
    CHECK(town.totals(id).failed == 1);
}

TEST_CASE("a phone that its system refuses is tried again, then a failure; the others go on") {
    Town town;
    town.phone("p1");
    town.read();
    town.script.policies["p1"] = ""; // enrolled without one
    town.phone("p2");
    const auto id = town.start();
    town.read();
    CHECK(town.state("p2") == State::downloading);
    CHECK(town.deployment("p1")->attempt == 2);
    for (int i = 0; i < 3; ++i) {
        town.clock.wall_offset += 12h;
        town.read();
    }
    CHECK(town.state("p1") == State::failed);
    CHECK(town.totals(id).failed == 1);
    CHECK(town.deployment("p1")->detail.starts_with("it could not be told through droids"));
}

TEST_CASE("one phone that the system fails at keeps no other from being told, and the sync says so") {
    Town town;
    for (const char* name : {"p1", "p2", "p3", "p4", "p5"})
        town.phone(name);
    town.read();
    town.start();
    const base::Status broken = base::unavailable("it answers with status 503");
    SUBCASE("one") {
        town.script.answers = {broken};
        CHECK(town.read().starts_with("failed: it answers with status 503"));
        CHECK(town.script.sent.size() == 4);
        town.read();
        CHECK(town.script.sent.size() == 5);
    }
    SUBCASE("some, and others between them") {
        town.script.answers = {broken, broken, base::Status(), broken, broken};
        CHECK(town.read().starts_with("failed: it answers with status 503"));
        CHECK(town.script.sent.size() == 1);
    }
    SUBCASE("all: it is not asked for each") {
        town.script.answers = {broken, broken, broken};
        CHECK(town.read().starts_with("failed: it answers with status 503"));
        CHECK(town.script.sent.empty());
    }
    for (const char* name : {"p1", "p2", "p3", "p4", "p5"})
        CHECK(town.state(name) != State::failed);
}

TEST_CASE("a missing permission ends the sync, and no attempt is spent") {
    Town town;
    town.phone("p1");
    town.read();
    town.start();
    town.script.answers = {base::denied("it refuses for want of a permission")};
    CHECK(town.read().starts_with("failed: it refuses for want of a permission"));
    CHECK(town.connector("droids").state.refused);
    CHECK(town.deployment("p1")->attempt == 1);
}

TEST_CASE("a sync comes soon when there is something to say, and not where the last one failed") {
    Town town;
    town.phone("p1");
    town.read();
    town.sync.start();
    town.pass(10min);
    const std::size_t asked = town.script.asked.size();
    town.pass(20min);
    CHECK(town.script.asked.size() == asked);
    town.start();
    town.pass(1min);
    CHECK(town.script.sent.size() == 1);
}

TEST_CASE("what people, lists and groups say of a phone's system steers nothing") {
    Town town;
    town.phone("p1");
    town.read();
    for (const std::string key : {"x.connector", "x.steered_from", "x.steered_to", "x.amapi_device"}) {
        CHECK_FALSE(fleet::check_fact(key, "p1").ok());
        fleet::Deed set;
        set.kind = fleet::Deed::Kind::set;
        set.facts = {{key, "p1"}};
        CHECK_FALSE(fleet::check(set).ok());
    }
    // Nor what was set in a database of before that was refused.
    const auto put = [&](const char* key, const char* value, device::FactSource source) {
        town.put(ports::FactRow{town.device("p1"), {key, value, source, "eve", town.clock.now()}});
    };
    town.script.policies["p1"] = "oakum-default";
    for (const auto source : {device::FactSource::person, device::FactSource::imported}) {
        put("x.steered_from", "lax", source);
        put("x.steered_to", "oakum-default", source);
        town.read();
        CHECK(town.script.policies["p1"] == "oakum-default");
        CHECK(town.script.sent.empty());
    }
}

TEST_CASE("phones that have nothing to do take no turn of those that have") {
    Town town;
    for (int i = 0; i < 2'050; ++i)
        town.phone("p" + std::to_string(i));
    town.read();
    const auto id = town.start();
    for (int i = 0; i < 3; ++i)
        town.read();
    CHECK(town.totals(id).started == 2'050);
}

TEST_CASE("a phone that was told and is retired here gets its own policy back") {
    Town town;
    town.phone("p1");
    town.read();
    town.start();
    town.read();
    REQUIRE(town.script.policies["p1"] == "oakum-default");
    fleet::Registry registry(town.core);
    REQUIRE(
        town.status([&](auto done) { registry.retire(town.admin, town.device("p1"), "sold", done); }).ok());
    town.read();
    CHECK(town.script.policies["p1"] == "default");
    CHECK(town.fact("p1", "x.steered_from").empty());
}

TEST_CASE("writing that is switched off while a sync tells phones reaches the next one") {
    Town town;
    for (const char* id : {"p1", "p2", "p3"})
        town.phone(id);
    town.read();
    town.start();
    town.script.before_sending = [&] {
        if (!town.script.sent.empty()) return;
        connectors::ConnectorPatch patch;
        patch.steers = false;
        town.connectors.set(town.admin, "droids", patch, [](const auto&) {});
    };
    town.read();
    CHECK(town.script.sent.size() == 1);
}

TEST_CASE("a phone that became a person's own after its offer is not told") {
    Town town;
    town.phone("p1");
    town.read();
    town.start();
    town.script.answers = {base::unavailable("the connection was cut")};
    town.read();
    REQUIRE(town.state("p1") == State::offered);
    town.phone("p1").facts["x.ownership"] = "personal";
    town.read();
    CHECK(town.script.sent.empty());
}

TEST_CASE("a refusal does not end putting back, and a phone that is gone does") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    town.read();
    REQUIRE(town.act(id, rollout::Event::abort).ok());
    town.script.answers = {base::invalid("it refuses (status 400)")};
    town.read();
    CHECK(town.fact("p1", "x.steered_from") == "default");
    CHECK(town.state("p1") == State::cancelling);
    CHECK_FALSE(town.steering.has_tasks(kTenant, "droids")); // no sync comes sooner for it
    SUBCASE("the next sync sets it") {
        town.read();
        CHECK(town.script.policies["p1"] == "default");
        CHECK(town.state("p1") == State::withdrawn);
    }
    SUBCASE("its system knows it no more") {
        town.script.gone = {"p1"};
        town.read();
        CHECK(town.script.policies["p1"] == "oakum-default");
        CHECK(town.state("p1") == State::withdrawn);
        CHECK(town.deployment("p1")->detail.find("is gone there") != std::string::npos);
    }
    CHECK(town.fact("p1", "x.steered_from").empty());
}

TEST_CASE("what needs no putting back is said as it is") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    town.read();
    REQUIRE(town.act(id, rollout::Event::abort).ok());
    town.script.policies["p1"] = "kiosk";
    town.read();
    CHECK(town.deployment("p1")->detail.starts_with("somebody set kiosk for it there since: that stays"));
}

TEST_CASE("a policy that is too large costs its phone, and not the others") {
    Town town;
    for (const char* id : {"p1", "p2", "p3"})
        town.phone(id);
    town.script.too_large = {"p1", "p2"};
    town.read();
    town.start();
    CHECK(town.read().ends_with("1 told to update, 2 that could not be told"));
    CHECK(town.state("p3") == State::downloading);
}

TEST_CASE("a connector whose phones are told stays, and stays where it is") {
    Town town;
    town.phone("p1");
    town.read();
    const auto id = town.start();
    town.read();
    const auto removed = [&] {
        return town.status([&](auto done) { town.connectors.remove(town.admin, "droids", done); });
    };
    connectors::ConnectorPatch moved;
    moved.account = "LC99";
    CHECK(removed().error().kind == base::ErrorKind::conflict);
    CHECK(town.set("droids", moved).error().kind == base::ErrorKind::conflict);
    SUBCASE("until they have their own policies") {
        REQUIRE(town.act(id, rollout::Event::abort).ok());
        town.read();
    }
    SUBCASE("or who switches writing off gives that up") {
        town.reads_only();
    }
    CHECK(town.set("droids", moved).ok());
    CHECK(removed().ok());
}
