// SPDX-License-Identifier: Apache-2.0
// Whom a rollout does not ask, and why: each device once, and as a query that names the same ones.
#include "../../schedules/tests/town.hpp"
#include "world.hpp"

#include <fleet/needs.hpp>
#include <fleet/uptake.hpp>
#include <rollouts/needs.hpp>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;
using namespace std::chrono_literals;
using fleet::test::kTenant;
using rollout::Blocked;
using schedule::test::at;
using schedule::test::times;

namespace {

struct Street : World {
    schedules::test::FakeZones zones;
    schedules::Schedules schedules{core, zones};
    Street() {
        schedules.start();
        rollouts.keep_to(schedules);
        clock.wall_offset += at("2026-05-04T12:00:00Z") - clock.now();
    }
    void set(const schedule::Rule& rule) {
        REQUIRE(result<schedules::Preview>([&](auto reply) { schedules.put(admin, rule, reply); }).ok());
    }
    void change(std::size_t n, const std::function<void(ports::DeviceRow&)>& how) {
        const device::DeviceId id = devices[n].device;
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        shard::place_of(kTenant, id), shard::Priority::person,
                        [&](shard::Transaction& transaction) -> base::Status {
                            ports::DeviceRow row = *transaction.device(id);
                            how(row);
                            transaction.put(std::move(row));
                            return {};
                        },
                        reply);
                }).ok());
    }
    void fact(std::size_t n, const std::string& key, const std::string& value) {
        const device::DeviceId id = devices[n].device;
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        shard::place_of(kTenant, id), shard::Priority::person,
                        [&](shard::Transaction& transaction) -> base::Status {
                            transaction.put(ports::FactRow{
                                id, {key, value, device::FactSource::person, "", transaction.now()}});
                            return {};
                        },
                        reply);
                }).ok());
    }
    void runs(std::size_t n, const std::string& version) {
        change(n, [&](ports::DeviceRow& row) { row.running_version = version; });
    }
    Reach reach(ports::RolloutId id) {
        return rollouts.reach(kTenant, *control.find<ports::RolloutRow>(kTenant, id));
    }
    std::map<Blocked, std::uint64_t> blocked(ports::RolloutId id) {
        std::map<Blocked, std::uint64_t> counts;
        for (const rollout::BlockedDevices& each : reach(id).blocked) {
            counts[each.by] += each.devices;
            if (!each.query.empty()) {
                CAPTURE(each.query);
                CHECK(live.count(select(each.query)).yes == each.devices);
            }
        }
        return counts;
    }
};

} // namespace

TEST_CASE(
    "each device that a rollout does not ask counts once, under its reason, and is named by its query") {
    Street street;
    street.enrol_many(14);
    for (std::size_t n = 0; n < 14; ++n)
        street.runs(n, "1.5");
    ports::ReleaseRow release = *street.control.find<ports::ReleaseRow>(kTenant, street.release);
    release.hw_revisions = {"b", "c"};
    release.min_from = "1.2";
    street.put(release);
    for (std::size_t n = 0; n < 14; ++n)
        street.fact(n, "hw_revision", n == 7 ? "d" : "b");
    const auto older = street.start(street.plan({{100, kEasy}}));
    REQUIRE(street.ask(street.devices[9], "1.5").offer); // busy with the older one
    REQUIRE(street.act(older, rollout::Event::pause).ok());
    street.clock.wall_offset += 1s; // ids are in the order of time
    const auto id = street.start(street.plan({{100, kEasy}}));
    street.clock.wall_offset += 1s;
    const auto newer = street.start(street.plan({{100, kEasy}}));
    REQUIRE(street.ask(street.devices[10], "1.5").offer); // of the newer one
    REQUIRE(street.act(newer, rollout::Event::pause).ok());

    const auto without_identity = [](ports::DeviceRow& row) { row.certificate_serial.clear(); };
    street.change(0, without_identity);
    street.change(1, without_identity);
    // Held too: it counts under what comes first, which is what has to be seen to first.
    street.change(1, [](ports::DeviceRow& row) { row.hold = true; });
    street.change(2, without_identity);
    street.fact(2, std::string(fleet::kConnectorKey), "intune");
    street.change(3, [](ports::DeviceRow& row) { row.revoked = true; });
    street.change(4, [](ports::DeviceRow& row) { row.lifecycle = device::Lifecycle::pending; });
    street.change(5, [](ports::DeviceRow& row) { row.lifecycle = device::Lifecycle::quiet; });
    street.change(6, [](ports::DeviceRow& row) { row.hold = true; });
    street.runs(8, "1.1");
    street.runs(11, "");
    street.runs(12, "2.0"); // has what the rollout brings, and is nobody's concern
    street.change(12, [](ports::DeviceRow& row) { row.hold = true; });

    std::string told;
    for (const auto& [by, devices] : street.blocked(id))
        told += std::string(rollout::to_string(by)) + " " + std::to_string(devices) + ", ";
    CHECK(told == "managed_elsewhere 1, not_enrolled 2, revoked 1, pending 1, quiet 1, held 1, hardware 1, "
                  "too_old 2, newer_rollout 1, busy 1, ");
    CHECK(street.reach(id).next == 1); // the last one
    CHECK(street.reach(id).later == 0);
    // One that was seen on the network alone is not in its figures, and is told all the same.
    street.change(13, [](ports::DeviceRow& row) { row.lifecycle = device::Lifecycle::unmanaged; });
    CHECK(street.blocked(id)[Blocked::unmanaged] == 1);
    CHECK(street.reach(id).next == 0);
}

TEST_CASE("who lacks what the artifact needs, or does not tell, is told as such and found by its query") {
    Street street;
    const auto release = *street.control.find<ports::ReleaseRow>(kTenant, street.release);
    street.put(ports::DocumentRow{fleet::needs_document(release.artifact),
                                  R"(running_version in ("1.5", "1.6") and x.provides.line in ("a"))"});
    street.enrol_many(6);
    for (std::size_t n = 0; n < 5; ++n)
        street.runs(n, n == 2 ? "1.4" : "1.5");
    for (std::size_t n = 0; n < 6; ++n)
        if (n != 1) street.fact(n, "x.provides.line", n == 0 ? "b" : "a");
    street.change(4, [](ports::DeviceRow& row) { row.hold = true; });
    const auto id = street.start(street.plan({{100, kEasy}}));
    // Another line; it tells of none; another version; no known version.
    CHECK(street.blocked(id) == std::map<Blocked, std::uint64_t>{{Blocked::needs, 4}, {Blocked::held, 1}});
    CHECK(street.reach(id).next == 1);
    for (const rollout::BlockedDevices& each : street.reach(id).blocked)
        if (each.by == Blocked::needs) {
            CHECK_FALSE(each.query.empty());
            CHECK(each.needs.find("x.provides.line") != std::string::npos);
        }
    CHECK(lacking(device::parse_query("kev").value()).empty());
}

TEST_CASE("a device that a rollout asked already is in its outcomes, not among those that it does not ask") {
    Street street;
    street.enrol_many(2);
    const auto id = street.start(street.plan({{100, kEasy}}));
    REQUIRE(street.ask(street.devices[0]).offer);
    street.change(0, [](ports::DeviceRow& row) { row.hold = true; });
    CHECK(street.blocked(id).empty());
    CHECK(street.reach(id).next == 1);
}

TEST_CASE("places after the open wave wait for it, and those after the last one are left out") {
    Street street;
    street.enrol_many(60);
    const auto id = street.start(street.plan({{20, kEasy}, {60, kEasy}}));
    const Reach reach = street.reach(id);
    const auto blocked = street.blocked(id);
    CHECK(reach.next > 0);
    CHECK(reach.later > 0);
    CHECK(blocked.at(Blocked::left_out) > 0);
    CHECK(reach.next + reach.later + blocked.at(Blocked::left_out) == 60);
}

TEST_CASE("waves by query: the laboratory first, then a share of a site, and whom none takes is left out") {
    Street street;
    street.enrol_many(60);
    for (std::size_t n = 0; n < 60; ++n)
        street.fact(n, "site", n < 3 ? "Lab" : n < 40 ? "Kiel" : "Ulm");
    rollout::Plan plan = street.plan({{100, kEasy}, {50, kEasy}, {100, kEasy}});
    plan.waves[0].query = "site = Lab";
    plan.waves[1].query = plan.waves[2].query = "site = Kiel";
    const auto id = street.start(plan);
    const auto row = [&] { return *street.control.find<ports::RolloutRow>(fleet::test::kTenant, id); };
    const auto members = [&] { return street.rollouts.members(fleet::test::kTenant, row()); };
    CHECK(members().at(0) == 3);
    CHECK(members().at(1) + members().at(2) == 37);
    CHECK(members().at(1) > 5);
    CHECK(members().at(2) > 5);
    CHECK(street.reach(id).next == 3);
    CHECK(street.reach(id).later == 37);
    CHECK(street.blocked(id).at(Blocked::left_out) == 20);
    // Only the laboratory is asked.
    CHECK(street.ask(street.devices[0]).offer);
    CHECK_FALSE(street.ask(street.devices[3]).offer);
    CHECK_FALSE(street.ask(street.devices[59]).offer);
    // A device that is brought there is of its wave; one that leaves waits for another.
    street.fact(59, "site", "Lab");
    CHECK(street.ask(street.devices[59]).offer);
    street.fact(1, "site", "Kiel");
    CHECK_FALSE(street.ask(street.devices[1]).offer);
    // Opened by hand: of Kiel only the share is asked, and each stands in the counts of its own wave.
    REQUIRE(street.act(id, rollout::Event::open_next_wave).ok());
    const std::uint32_t share = members().at(1);
    std::uint32_t asked = 0;
    for (std::size_t n = 3; n < 59; ++n)
        asked += street.ask(street.devices[n]).offer ? 1 : 0;
    asked += street.ask(street.devices[1]).offer ? 1 : 0;
    CHECK(asked == share);
    std::map<std::uint32_t, std::uint32_t> started;
    for (const auto& [key, counts] : street.rollouts.counts(fleet::test::kTenant, id))
        started[key.first] += counts.started;
    CHECK(started[0] == 2);
    CHECK(started[1] == share);
    CHECK(started[2] == 0);
}

TEST_CASE("who waits for a window is told with its name and the time, ahead of it and with the files there") {
    Street street;
    street.enrol_many(3);
    street.fact(2, "timezone", "Asia/Tokyo");
    street.set(schedules::test::window("nights", {times("2026-01-01T02:00", 2h, "FREQ=DAILY")}));
    const auto id = street.start(street.plan({{100, kEasy}}));
    auto told = street.reach(id).blocked;
    REQUIRE(told.size() == 2);
    CHECK(told[0].by == Blocked::window);
    CHECK(told[0].devices == 1);
    CHECK(told[0].until == at("2026-05-04T17:00:00Z")); // 02:00 in Tokyo
    CHECK(told[1].devices == 2);
    CHECK(told[1].windows == std::vector<std::string>{"nights"});
    CHECK(told[1].until == at("2026-05-05T02:00:00Z"));
    CHECK(street.reach(id).next == 0);

    // Offered ahead, downloaded, and waiting.
    fleet::PollReport report;
    report.boot_id = "b1";
    report.running_version = "1.0";
    report.keeps_windows = fleet::Keeps::yes;
    const auto answer = street.result<fleet::PollAnswer>(
        [&](auto reply) { street.asked.poll(street.devices[0], report, reply); });
    REQUIRE(answer->offer);
    street.tell(street.devices[0], answer->offer->deployment, State::awaiting_window, 1);
    told = street.reach(id).blocked;
    REQUIRE(told.size() == 3);
    CHECK(told[2].by == Blocked::window_ahead);
    CHECK(told[2].until == at("2026-05-05T02:00:00Z"));

    // A freeze too, and later nothing.
    street.set(schedules::test::freeze("fair", {times("2026-05-01T00:00", 10 * 24h)}));
    told = street.reach(id).blocked;
    CHECK(told[0].freezes == std::vector<std::string>{"fair"});
    street.clock.wall_offset += at("2026-05-12T03:00:00Z") - street.clock.now();
    told = street.reach(id).blocked; // the one in Tokyo alone
    REQUIRE(told.size() == 1);
    CHECK(told[0].devices == 1);
    CHECK(street.reach(id).next == 1);
}

TEST_CASE("a rollout that is not started says who would be out of reach, and nothing of windows") {
    Street street;
    street.enrol_many(2);
    street.set(schedules::test::window("nights", {times("2026-01-01T02:00", 2h, "FREQ=DAILY")}));
    street.change(0, [](ports::DeviceRow& row) { row.certificate_serial.clear(); });
    const auto id = street.result<ports::RolloutId>([&](auto reply) {
        street.rollouts.create(street.admin, street.plan({{100, kEasy}}), schedule::Priority::normal, reply);
    });
    REQUIRE(id.ok());
    CHECK(street.blocked(*id) == std::map<Blocked, std::uint64_t>{{Blocked::not_enrolled, 1}});
}
