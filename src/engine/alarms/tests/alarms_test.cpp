// SPDX-License-Identifier: Apache-2.0
#include "../../fleet/tests/house.hpp"

#include <access/break_glass.hpp>
#include <alarm/limits.hpp>
#include <alarms/alarms.hpp>
#include <alarms/observe.hpp>
#include <connectors/connectors.hpp>
#include <feed_sync/sources.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::alarms;
using fleet::test::kTenant;

namespace {

using alarm::Cause;
using alarm::Kind;
using base::ErrorKind;

struct House : fleet::test::House {
    Alarms alarms{core};

    Taken take(alarm::Look look) {
        auto taken = result<Taken>([&](auto reply) { alarms.take(kTenant, std::move(look), reply); });
        REQUIRE(taken.ok());
        return *taken;
    }
    std::vector<View> open() { return alarms.list(admin, Filter::open).value(); }
    // An operator who sees one group.
    access::Actor scoped(device::GroupId group) const {
        access::Actor actor = admin;
        actor.name = "otto";
        actor.role = access::Role::operator_;
        actor.scope = {group.get()};
        return actor;
    }
    device::DeviceId device(const std::string& serial, device::GroupId group = {}) {
        token("t" + serial, 1, group);
        const auto enrolled = enrol("t" + serial, serial);
        REQUIRE(enrolled.ok());
        return enrolled->device;
    }
    void suspect(device::DeviceId id) {
        ports::DeviceRow changed = row(id);
        changed.clone_suspected = true;
        changed.row_version = 0;
        auto done = status([&](auto reply) {
            writer.submit(
                shard::place_of(kTenant, id), shard::Priority::person,
                [changed](shard::Transaction& transaction) -> base::Status {
                    transaction.put(changed);
                    return {};
                },
                reply);
        });
        REQUIRE(done.ok());
    }
    device::GroupId group(const std::string& name) {
        return result<device::GroupId>([&](auto reply) { groups.create(admin, {name, "", {}}, reply); })
            .value();
    }
};

Cause cause(Kind kind, std::string subject = "", std::string query = "") {
    Cause made;
    made.kind = kind;
    made.subject = std::move(subject);
    made.query = std::move(query);
    return made;
}

} // namespace

TEST_CASE("an alarm opens, is told by the change feed, is stored, and closes when its cause is gone") {
    House house;
    const std::uint64_t before = house.writer.feed().newest();
    Cause none = cause(Kind::backup_old);
    none.detail = "There is no backup that was verified.";
    CHECK(house.take({{Kind::backup_old}, {none}}).opened == 1);
    REQUIRE(house.open().size() == 1);
    const View view = house.open()[0];
    CHECK(view.state == State::open);
    CHECK(view.words.what == "There is no backup that was verified.");
    CHECK(view.row.opened == house.clock.now());
    const auto told = house.writer.feed().read(kTenant, before, 10);
    REQUIRE(told->size() == 1);
    CHECK(told->at(0).kind == "alarm");
    CHECK(told->at(0).subject == view.row.id.text());

    house.clock.steady_ += std::chrono::hours(1);
    CHECK(house.take({{Kind::backup_old}, {}}).closed == 1);
    CHECK(house.open().empty());
    const auto closed = house.alarms.get(house.admin, view.row.id);
    REQUIRE(closed.ok());
    CHECK(closed->state == State::closed);
    CHECK(closed->row.closed == house.clock.now());
    // The same cause again is another alarm: the first one's story is told.
    CHECK(house.take({{Kind::backup_old}, {cause(Kind::backup_old)}}).opened == 1);
    CHECK(house.open()[0].row.id != view.row.id);
    CHECK(house.alarms.list(house.admin, Filter::all)->size() == 2);
}

TEST_CASE("a look that finds what was found before writes nothing, and says that somebody looked") {
    House house;
    CHECK_FALSE(house.alarms.checked(kTenant));
    const alarm::Look look{{Kind::backup_old}, {cause(Kind::backup_old)}};
    house.take(look);
    const std::size_t stored = house.journal.stored.size();
    house.clock.steady_ += std::chrono::minutes(1);
    house.take(look);
    CHECK(house.journal.stored.size() == stored);
    CHECK(house.alarms.checked(kTenant) == house.clock.now());
}

TEST_CASE("who acknowledges an alarm is named and audited, and has to look again when it gets worse") {
    House house;
    Cause feeds = cause(Kind::feeds_stale);
    feeds.things = {"kev"};
    house.take({{Kind::feeds_stale}, {feeds}});
    const alarm::AlarmId id = house.open()[0].row.id;
    REQUIRE(
        house.status([&](auto reply) { house.alarms.acknowledge(house.admin, id, "on it", reply); }).ok());
    View view = house.alarms.get(house.admin, id).value();
    CHECK(view.state == State::acknowledged);
    CHECK(view.row.acknowledged_by == "anna");
    const auto audit = *house.history.audit(kTenant, 0, 100);
    REQUIRE(!audit.empty());
    CHECK(audit.back().action == "alarm.acknowledge");
    CHECK(audit.back().why == "on it");
    // Still wrong, so still in the list of what is.
    CHECK(house.open().size() == 1);

    feeds.things = {"kev", "nvd"};
    CHECK(house.take({{Kind::feeds_stale}, {feeds}}).worse == 1);
    CHECK(house.alarms.get(house.admin, id)->state == State::open);
}

TEST_CASE("a muted alarm comes back by itself, or when somebody says so") {
    House house;
    house.take({{Kind::backup_old}, {cause(Kind::backup_old)}});
    const alarm::AlarmId id = house.open()[0].row.id;
    const auto mute = [&](base::Duration span) {
        return house.status([&](auto reply) {
            house.alarms.mute(house.admin, id, house.clock.now() + span, "known", reply);
        });
    };
    REQUIRE(mute(std::chrono::hours(2)).ok());
    CHECK(house.open().empty());
    CHECK(house.alarms.list(house.admin, Filter::muted)->size() == 1);
    house.clock.steady_ += std::chrono::hours(3);
    CHECK(house.open().size() == 1);
    REQUIRE(mute(std::chrono::hours(2)).ok());
    REQUIRE(house.status([&](auto reply) { house.alarms.unmute(house.admin, id, "", reply); }).ok());
    CHECK(house.open().size() == 1);
    CHECK(mute(-std::chrono::hours(1)).error().kind == ErrorKind::invalid);
    CHECK(mute(std::chrono::hours(24 * 400)).error().kind == ErrorKind::invalid);
}

TEST_CASE("what is closed cannot be acknowledged, and viewers change nothing") {
    House house;
    house.take({{Kind::backup_old}, {cause(Kind::backup_old)}});
    const alarm::AlarmId id = house.open()[0].row.id;
    access::Actor viewer = house.admin;
    viewer.role = access::Role::viewer;
    CHECK(house.alarms.list(viewer, Filter::open)->size() == 1);
    CHECK(house.status([&](auto reply) { house.alarms.acknowledge(viewer, id, "", reply); }).error().kind ==
          ErrorKind::denied);
    house.take({{Kind::backup_old}, {}});
    CHECK(house.status([&](auto reply) { house.alarms.acknowledge(house.admin, id, "", reply); })
              .error()
              .kind == ErrorKind::conflict);
    CHECK(house
              .status([&](auto reply) {
                  house.alarms.acknowledge(house.admin, alarm::AlarmId(base::Id128{1, 1}), "", reply);
              })
              .error()
              .kind == ErrorKind::not_found);
}

TEST_CASE("an alarm about devices outside of one's scope does not exist, and counts only what one sees") {
    House house;
    const auto mine = house.group("mine"), other = house.group("other");
    house.device("SN-1", mine);
    house.device("SN-2", other);
    house.device("SN-3", other);
    house.take({{Kind::exploited, Kind::backup_old},
                {cause(Kind::exploited, "all", "model = GW-1"),
                 cause(Kind::exploited, "two", "serial = SN-2"), cause(Kind::backup_old)}});
    CHECK(house.open().size() == 3);
    const access::Actor otto = house.scoped(mine);
    const auto seen = house.alarms.list(otto, Filter::open);
    REQUIRE(seen.ok());
    REQUIRE(seen->size() == 2); // of the house, and of his device
    for (const View& view : *seen) {
        if (view.row.cause.kind != Kind::exploited) continue;
        CHECK(view.row.cause.subject == "all");
        CHECK(view.devices == 1);
    }
    for (const View& view : house.open()) {
        if (view.row.cause.subject == "all") CHECK(view.devices == 3);
        if (view.row.cause.subject != "two") continue;
        CHECK(house.alarms.get(otto, view.row.id).error().kind == ErrorKind::not_found);
        CHECK(house.status([&](auto reply) { house.alarms.acknowledge(otto, view.row.id, "", reply); })
                  .error()
                  .kind == ErrorKind::not_found);
        CHECK(house
                  .status([&](auto reply) {
                      house.alarms.mute(otto, view.row.id, house.clock.now() + std::chrono::hours(1), "",
                                        reply);
                  })
                  .error()
                  .kind == ErrorKind::not_found);
    }
}

TEST_CASE("an alarm about several advisories names to who sees one group those of its devices only") {
    House house;
    const auto mine = house.group("mine"), other = house.group("other");
    const auto hit = [&](const std::string& serial, device::GroupId group, const std::string& advisory) {
        ports::SoftwareSetRow set;
        set.id = ports::SetId(base::sha256(serial));
        ports::SetFindingRow finding;
        finding.set = set.id;
        finding.advisory = advisory;
        finding.verdict = ports::Verdict::affected;
        for (const ports::Row& row : {ports::Row(set), ports::Row(finding)})
            house.software.apply(shard::control_of(kTenant), row);
        ports::DeviceRow device = house.row(house.device(serial, group));
        device.base_set = set.id;
        house.live.apply(shard::place_of(kTenant, device.id), ports::Row(device));
    };
    hit("SN-1", mine, "CVE-2024-1");
    hit("SN-2", other, "CVE-2024-2");
    const std::vector<std::string> advisories{"CVE-2024-1", "CVE-2024-2"};
    house.take({{Kind::exploited}, alarm::exploited_causes({}, advisories)});
    REQUIRE(house.open().size() == 1);
    CHECK(house.open()[0].words.what.starts_with("CVE-2024-1 and CVE-2024-2 are"));
    const View seen = house.alarms.get(house.scoped(mine), house.open()[0].row.id).value();
    CHECK(seen.words.what == "CVE-2024-1 is known to be exploited and affects 1 device.");
    CHECK(seen.row.cause.things == std::vector<std::string>{"CVE-2024-1"});
    CHECK(seen.row.cause.query == "finding = \"CVE-2024-1\"");
}

TEST_CASE("silence for everybody is for who sees everything that the alarm concerns") {
    House house;
    const auto mine = house.group("mine"), other = house.group("other");
    house.device("SN-1", mine);
    house.device("SN-2", other);
    house.take({{Kind::exploited, Kind::backup_old},
                {cause(Kind::exploited, "both", "model = GW-1"),
                 cause(Kind::exploited, "own", "serial = SN-1"), cause(Kind::backup_old)}});
    const access::Actor otto = house.scoped(mine);
    for (const View& view : house.open()) {
        CAPTURE(view.row.cause.subject);
        const base::Status muted = house.status([&](auto reply) {
            house.alarms.mute(otto, view.row.id, house.clock.now() + std::chrono::hours(1), "", reply);
        });
        if (view.row.cause.subject == "own")
            CHECK(muted.ok());
        else
            CHECK(muted.error().kind == ErrorKind::denied);
    }
}

TEST_CASE("a tenant's alarms are its own") {
    House house;
    house.take({{Kind::backup_old}, {cause(Kind::backup_old)}});
    access::Actor stranger = house.admin;
    stranger.tenant = 7;
    CHECK(house.alarms.list(stranger, Filter::all)->empty());
    CHECK(house.alarms.get(stranger, house.open()[0].row.id).error().kind == ErrorKind::not_found);
}

TEST_CASE(
    "a source that fails for a day is an alarm, one whose data was refused at once, one that is off never") {
    House house;
    const base::TimePoint now = house.clock.now();
    const auto failing = [&](bool enabled, bool refused, base::Duration since) {
        source::Source kev = *source::find_offered("kev");
        kev.enabled = enabled;
        feed_sync::SourceState state;
        state.failing = now - since;
        state.refused = refused;
        state.error = "nobody answers";
        house.put(ports::DocumentRow{"source/kev", feed_sync::to_document(kev)});
        house.put(ports::DocumentRow{"source-state/kev", feed_sync::to_document(state)});
        return failing_sources(house.control, kTenant, now);
    };
    const auto causes = failing(true, false, alarm::kSourceFails);
    REQUIRE(causes.size() == 1);
    CHECK(causes[0].subject == "kev");
    CHECK(alarm::words(causes[0], std::nullopt).command == "oakum feed sync kev");
    CHECK(alarm::words(causes[0], std::nullopt).what.find("nobody answers") != std::string::npos);
    CHECK(failing(true, false, std::chrono::hours(1)).empty());
    CHECK(failing(true, true, std::chrono::hours(1)).size() == 1);
    CHECK(failing(false, true, alarm::kSourceFails * 2).empty());
}

TEST_CASE("a management system that fails for an hour is an alarm, one that needs a person at once") {
    House house;
    const base::TimePoint now = house.clock.now();
    const auto failing = [&](bool enabled, bool refused, base::Duration since) {
        connector::Connector hq;
        hq.enabled = enabled;
        connectors::ConnectorState state;
        state.failing = now - since;
        state.refused = refused;
        state.error = "it refuses the credentials";
        house.put(ports::DocumentRow{"connector/hq", connectors::to_document(hq)});
        house.put(ports::DocumentRow{"connector-state/hq", connectors::to_document(state)});
        return failing_sources(house.control, kTenant, now);
    };
    const auto causes = failing(true, true, std::chrono::minutes(1));
    REQUIRE(causes.size() == 1);
    const alarm::Words words = alarm::words(causes[0], std::nullopt);
    CHECK(words.command == "oakum connector sync hq");
    CHECK(words.page == "/settings?tab=connections");
    CHECK(words.what.starts_with("What the management system hq knows of its devices could not be read"));
    CHECK(words.what.find("it refuses the credentials") != std::string::npos);
    CHECK(failing(true, false, std::chrono::minutes(59)).empty());
    CHECK(failing(true, false, std::chrono::hours(1)).size() == 1);
    CHECK(failing(false, true, std::chrono::hours(9)).empty());
}

TEST_CASE("feeds are stale a week after their import, and are one alarm together") {
    House house;
    const base::TimePoint now = house.clock.now();
    for (const auto& [name, age] : {std::pair("nvd", 8), std::pair("kev", 9), std::pair("epss", 1)}) {
        ports::FeedRow feed;
        feed.name = name;
        feed.imported = now - age * alarm::kDay;
        house.put(feed);
    }
    const auto causes = stale_feeds(house.control, kTenant, now);
    REQUIRE(causes.size() == 1);
    CHECK(causes[0].things == std::vector<std::string>{"kev", "nvd"});
    CHECK(causes[0].at == now - 9 * alarm::kDay);
    CHECK(stale_feeds(house.control, kTenant, now - 5 * alarm::kDay).empty());
}

TEST_CASE("a rollout that is halted is an alarm at once, with the reason, one that is paused after a day") {
    House house;
    const base::TimePoint now = house.clock.now();
    struct Row {
        rollout::State state;
        base::Duration age;
        bool alarm;
    };
    const std::vector<Row> rows{{rollout::State::halted, std::chrono::minutes(1), true},
                                {rollout::State::paused, std::chrono::hours(2), false},
                                {rollout::State::paused, std::chrono::hours(30), true},
                                {rollout::State::awaiting_approval, 2 * alarm::kDay, false},
                                {rollout::State::awaiting_approval, 4 * alarm::kDay, true},
                                {rollout::State::running, 4 * alarm::kDay, false},
                                {rollout::State::running, 15 * alarm::kDay, true},
                                {rollout::State::finished, 90 * alarm::kDay, false}};
    for (const Row& row : rows) {
        ports::RolloutRow rollout;
        rollout.id = ports::RolloutId(base::Id128{7, 7});
        rollout.plan.name = "everywhere";
        rollout.plan.waves = {{"all", 1'000'000, {}}};
        rollout.state = row.state;
        rollout.state_reason = "user anna: Halt by hand";
        rollout.created = now - row.age;
        rollout.wave_opened_at = now - row.age;
        house.put(rollout);
        CAPTURE(rollout::to_string(row.state));
        const auto causes = waiting_rollouts(house.core, kTenant, now, {});
        REQUIRE(causes.size() == (row.alarm ? 1 : 0));
        if (!row.alarm) continue;
        CHECK(causes[0].name == "everywhere");
        CHECK(causes[0].detail == rollout::to_string(row.state));
        CHECK(causes[0].things.empty() == (row.state != rollout::State::halted));
        CHECK(causes[0].at == now - row.age);
    }
}

TEST_CASE("a wave that a person is to open is an alarm after a day, whatever its age") {
    House house;
    const base::TimePoint now = house.clock.now();
    ports::RolloutRow rollout;
    rollout.id = ports::RolloutId(base::Id128{7, 7});
    rollout.plan.name = "everywhere";
    rollout.plan.waves = {{"canary", 10'000, {}}, {"all", 1'000'000, {}}};
    rollout.state = rollout::State::running;
    rollout.created = now - 20 * alarm::kDay;
    rollout.wave_opened_at = now - 20 * alarm::kDay;
    house.put(rollout);
    const auto since = [&](base::Duration age) {
        return waiting_rollouts(house.core, kTenant, now,
                                [&](device::TenantId, const ports::RolloutRow& row) {
                                    CHECK(row.id == rollout.id);
                                    return std::optional(now - age);
                                });
    };
    // It is not told that too few came to an end: they did.
    CHECK(since(std::chrono::hours(23)).empty());
    const auto causes = since(std::chrono::hours(25));
    REQUIRE(causes.size() == 1);
    CHECK(causes[0].at == now - std::chrono::hours(25));
    const alarm::Words words = alarm::words(causes[0], std::nullopt);
    CHECK(words.what.find("for a person who opens its next wave") != std::string::npos);
    CHECK(words.page == "/rollouts/" + rollout.id.text());
    CHECK(waiting_rollouts(house.core, kTenant, now, {}).front().detail == "running");
}

TEST_CASE("a copied identity is an alarm of its own, and many are one") {
    House house;
    const auto first = house.device("SN-1");
    CHECK(copied_identities(house.core, kTenant).empty());
    house.suspect(first);
    const auto causes = copied_identities(house.core, kTenant);
    REQUIRE(causes.size() == 1);
    CHECK(causes[0].subject == first.text());
    CHECK(causes[0].name == "SN-1");
    CHECK(count(house.live, kTenant, {}, causes[0].query) == 1);
    for (int i = 2; i < 14; ++i)
        house.suspect(house.device("SN-" + std::to_string(i)));
    const auto many = copied_identities(house.core, kTenant);
    REQUIRE(many.size() == 1);
    CHECK(many[0].subject == "*");
    CHECK(count(house.live, kTenant, {}, many[0].query) == 13);
}

TEST_CASE("quiet devices are counted by site, against all that are there") {
    House house;
    const auto quiet = house.device("SN-1");
    house.device("SN-2");
    CHECK(quiet_sites(house.live, kTenant).empty());
    ports::DeviceRow row = house.row(quiet);
    row.lifecycle = device::Lifecycle::quiet;
    auto done = house.status([&](auto reply) {
        house.writer.submit(
            shard::place_of(kTenant, quiet), shard::Priority::person,
            [row](shard::Transaction& transaction) -> base::Status {
                transaction.put(row);
                return {};
            },
            reply);
    });
    REQUIRE(done.ok());
    const auto sites = quiet_sites(house.live, kTenant);
    REQUIRE(sites.size() == 1);
    CHECK(sites[0].site.empty());
    CHECK(sites[0].quiet == 1);
    CHECK(sites[0].devices == 2);
    CHECK(count(house.live, kTenant, {}, alarm::quiet_causes({}, sites).at(0).query) == 1);
}

TEST_CASE("what set-up asks for is no alarm on the first day") {
    House house;
    CHECK(is_new(house.control, kTenant, house.clock.now()));
    ports::UserRow user;
    user.id = house.ids.next_as<ports::UserId>();
    user.name = "anna";
    user.created = house.clock.now();
    house.put(user);
    CHECK(is_new(house.control, kTenant, house.clock.now() + std::chrono::hours(23)));
    CHECK_FALSE(is_new(house.control, kTenant, house.clock.now() + std::chrono::hours(25)));
}

TEST_CASE("the glass is broken until there is a new password, and each further use is told again") {
    House house;
    const auto keep = [&](const std::string& use) {
        house
            .status([&](auto reply) {
                house.writer.submit(
                    shard::control_of(kTenant), shard::Priority::person,
                    [use](shard::Transaction& transaction) -> base::Status {
                        transaction.put(ports::DocumentRow{access::kBreakGlassUse, use});
                        return {};
                    },
                    reply);
            })
            .value();
        return house.take({{Kind::break_glass_used}, broken_glass(house.control, kTenant)});
    };
    const std::string once = access::used_again("", house.clock.now());
    CHECK(keep(once).opened == 1);
    CHECK(house.open()[0].row.cause.at == house.clock.now());
    CHECK(keep(access::used_again(once, house.clock.now())).worse == 1);
    CHECK(house.open()[0].words.what.starts_with("The break-glass account was used 2 times"));
    CHECK(keep("").closed == 1);
}
