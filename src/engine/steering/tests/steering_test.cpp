// SPDX-License-Identifier: Apache-2.0
#include "../../connectors/tests/sync_world.hpp"

#include <steering/steering.hpp>

using namespace oakum;
using namespace std::chrono_literals;
using connectors::Connectors;
using fleet::test::kTenant;
using install::State;

namespace {

constexpr rollout::Gate kEasy{
    .minimum = 1, .tolerated_failure_ppm = 900'000, .unproven = rollout::Unproven::open, .soak = {}};

// A server with an enterprise of phones and with rollouts; one thread, virtual time.
struct Town : connectors::test::SyncWorld {
    shard::Timers timers{executor, clock};
    rollouts::Rollouts rollouts{core, timers, dice, rollouts::Approval::not_required, log};
    steering::Steering steering{core, rollouts, nullptr, log};
    fleet::Polling asked{core, rollouts, dice};

    Town() {
        sync.steer_with(steering);
        steering.start();
        rollouts.start();
        connectors::ConnectorPatch patch = fresh();
        patch.kind = connector::Kind::android_management;
        patch.steers = true;
        patch.enabled = true;
        REQUIRE(set("droids", patch).ok());
    }
    void reads_only() {
        connectors::ConnectorPatch patch;
        patch.steers = false;
        REQUIRE(set("droids", patch).ok());
    }
    // What the enterprise says of a phone from now on; it spoke to it now.
    connector::ManagedDevice& phone(const std::string& id, const std::string& level = "2026-06-05") {
        auto& all = script.pages[""].devices;
        auto at = std::ranges::find(all, id, &connector::ManagedDevice::id);
        if (at == all.end()) {
            connector::ManagedDevice made;
            made.id = id;
            made.facts = {{"x.amapi_device", id},    {"serial", "S" + id}, {"platform", "android"},
                          {"os_version", "16"},      {"model", "Pixel 8"}, {"x.ownership", "company"},
                          {"manufacturer", "Google"}};
            script.policies[id] = "default";
            all.push_back(std::move(made));
            at = all.end() - 1;
        }
        at->facts["patch_level"] = level;
        speaks(*at);
        return *at;
    }
    void speaks(connector::ManagedDevice& its) {
        its.told = clock.now();
        its.facts["x.policy"] = its.facts["x.applied_policy"] = script.policies[its.id];
    }
    void all_speak() {
        for (connector::ManagedDevice& each : script.pages[""].devices)
            speaks(each);
    }
    std::string read() { return sync_now("droids"); }
    floor::Policy level(const std::string& patch_level = "2026-08-05") {
        floor::Policy policy;
        policy.name = "droids";
        policy.platform = "android";
        policy.patch_level = patch_level;
        return policy;
    }
    ports::ReleaseId make_level() {
        const auto made =
            result<ports::ReleaseId>([&](auto reply) { rollouts.create_level(admin, level(), reply); });
        REQUIRE(made.ok());
        return *made;
    }
    ports::RolloutId start(std::vector<std::pair<std::uint32_t, rollout::Gate>> waves = {{100, kEasy}},
                           base::Duration soak = {}, ports::ReleaseId release = {}) {
        rollout::Plan plan;
        plan.name = "august";
        plan.release = release.is_zero() ? make_level() : release;
        plan.soak = soak;
        plan.step_timeout = 7 * 24h;
        for (const auto& [percent, gate] : waves)
            plan.waves.push_back({"wave " + std::to_string(percent), percent * 10'000, gate});
        const auto id = result<ports::RolloutId>(
            [&](auto reply) { rollouts.create(admin, plan, schedule::Priority::normal, reply); });
        REQUIRE(id.ok());
        REQUIRE(act(*id, rollout::Event::start).ok());
        return *id;
    }
    base::Status act(ports::RolloutId id, rollout::Event event) {
        return status([&](auto reply) { rollouts.act(admin, id, event, "test", reply); });
    }
    rollout::Counts totals(ports::RolloutId id) {
        rollout::Counts sum;
        for (const auto& [key, counts] : rollouts.counts(kTenant, id))
            sum = sum + counts;
        return sum;
    }
    ports::RolloutRow row(ports::RolloutId id) { return *control.find<ports::RolloutRow>(kTenant, id); }
    device::DeviceId device(const std::string& id) {
        const auto found = live.by_serial(kTenant, "S" + id);
        REQUIRE(found);
        return *found;
    }
    std::optional<ports::DeploymentRow> deployment(const std::string& id) {
        const auto held = live.device({kTenant, device(id)});
        if (!held || held->deployment.is_zero()) return std::nullopt;
        return live.deployment({kTenant, device(id)}, held->deployment);
    }
    State state(const std::string& id) {
        const auto held = deployment(id);
        REQUIRE(held);
        return held->state;
    }
    std::string fact(const std::string& id, std::string_view key) {
        const auto held = live.fact({kTenant, device(id)}, key);
        return held ? held->value : std::string();
    }
    std::map<std::string, std::uint64_t> blocked(ports::RolloutId id) {
        std::map<std::string, std::uint64_t> found;
        for (const rollout::BlockedDevices& each : rollouts.reach(kTenant, row(id)).blocked)
            found[rollout::in_words(each)] += each.devices;
        return found;
    }
    std::vector<ports::AuditRow> audited(const std::string& action) {
        std::vector<ports::AuditRow> rows = history.audit(kTenant, 0, 1'000).value();
        std::erase_if(rows, [&](const ports::AuditRow& row) { return row.action != action; });
        return rows;
    }
};

} // namespace

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
    CHECK(town.rollouts.members(kTenant, town.row(id), 0, 1'000'000) == 1);
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
    CHECK(town.rollouts.members(kTenant, town.row(id), 0, 1'000'000) == 0);
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
