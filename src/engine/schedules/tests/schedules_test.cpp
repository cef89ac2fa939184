// SPDX-License-Identifier: Apache-2.0
#include "town.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::schedules;
using namespace oakum::schedules::test;
using namespace std::chrono_literals;
using schedule::Priority;
using schedule::test::at;
using schedule::test::times;

namespace {

struct Town : fleet::test::House {
    FakeZones zones;
    Schedules schedules{core, zones};
    Town() {
        schedules.start();
        go_to("2026-05-04T12:00:00Z"); // a Monday
    }
    void go_to(std::string_view time) { clock.wall_offset += at(time) - clock.now(); }
    base::Result<Preview> set(const schedule::Rule& rule) {
        return result<Preview>([&](auto reply) { schedules.put(admin, rule, reply); });
    }
    device::DeviceId device(const std::string& serial, const std::string& zone) {
        token(serial, 1);
        const auto enrolled = enrol(serial, serial);
        REQUIRE(enrolled.ok());
        if (!zone.empty()) put_fact(enrolled->device, device::key::timezone, zone);
        return enrolled->device;
    }
    void put_fact(device::DeviceId id, std::string_view key, const std::string& value) {
        REQUIRE(
            status([&](auto reply) {
                writer.submit(
                    shard::place_of(fleet::test::kTenant, id), shard::Priority::person,
                    [=](shard::Transaction& transaction) -> base::Status {
                        transaction.put(ports::FactRow{
                            id,
                            {std::string(key), value, device::FactSource::person, "", transaction.now()}});
                        return {};
                    },
                    reply);
            }).ok());
    }
    template <class Ask> auto look(device::DeviceId id, Ask ask) {
        std::optional<std::invoke_result_t<Ask, const fleet::Glance&>> answer;
        REQUIRE(live.glance({fleet::test::kTenant, id},
                            [&](const fleet::Glance& glance) { answer = ask(glance); }));
        return *answer;
    }
    Standing standing(device::DeviceId id, Priority priority = Priority::normal) {
        return look(id, [&](const fleet::Glance& glance) { return schedules.standing(glance, priority); });
    }
    bool may_begin(device::DeviceId id, fleet::Keeps keeps, Priority priority = Priority::normal) {
        return look(
            id, [&](const fleet::Glance& glance) { return schedules.may_begin(glance, priority, keeps); });
    }
};

const schedule::Times kNights = times("2026-01-01T02:00", 2h, "FREQ=DAILY");

} // namespace

TEST_CASE("without a rule everything may begin") {
    Town town;
    const auto id = town.device("s1", "");
    CHECK(town.may_begin(id, fleet::Keeps::no));
    CHECK_FALSE(town.standing(id).bound);
    CHECK(town.standing(id).open);
}

TEST_CASE("a window opens by each device's own clock, and by the spare one's without a zone") {
    Town town;
    const auto berlin = town.device("s1", "Europe/Berlin");
    const auto tokyo = town.device("s2", "Asia/Tokyo");
    const auto nowhere = town.device("s3", "");
    const auto mars = town.device("s4", "Mars/Olympus");
    REQUIRE(town.set(window("nights", {kNights})).ok());
    CHECK(town.standing(berlin).at->from == at("2026-05-05T00:00:00Z"));
    CHECK(town.standing(tokyo).at->from == at("2026-05-04T17:00:00Z"));
    CHECK(town.standing(nowhere).at->from == at("2026-05-05T02:00:00Z"));
    CHECK_FALSE(town.standing(nowhere).zone_known);
    CHECK(town.standing(mars).at->from == at("2026-05-05T02:00:00Z"));
    CHECK_FALSE(town.standing(berlin).open);
    town.go_to("2026-05-05T00:30:00Z");
    CHECK(town.standing(berlin).open);
    CHECK_FALSE(town.standing(tokyo).open);
}

TEST_CASE("who keeps windows begins a week ahead, who does not only while one is open") {
    Town town;
    const auto id = town.device("s1", "UTC");
    REQUIRE(town.set(window("monthly", {times("2026-01-20T02:00", 2h, "FREQ=MONTHLY")})).ok());
    CHECK_FALSE(town.may_begin(id, fleet::Keeps::yes)); // 16 days ahead
    town.go_to("2026-05-14T12:00:00Z");
    CHECK(town.may_begin(id, fleet::Keeps::yes));
    CHECK_FALSE(town.may_begin(id, fleet::Keeps::no));
    town.go_to("2026-05-20T03:00:00Z");
    CHECK(town.may_begin(id, fleet::Keeps::no));
    town.go_to("2026-05-20T04:00:00Z");
    CHECK_FALSE(town.may_begin(id, fleet::Keeps::no));
}

TEST_CASE("a freeze shuts windows for whom it is for, but not for what cannot wait") {
    Town town;
    const auto kiel = town.device("s1", "UTC");
    const auto bonn = town.device("s2", "UTC");
    town.put_fact(kiel, device::key::site, "Kiel");
    town.put_fact(bonn, device::key::site, "Bonn");
    schedule::Rule fair = freeze("fair", {times("2026-05-04T00:00", 72h)});
    fair.query = "site = Kiel";
    fair.yields_to = Priority::urgent;
    REQUIRE(town.set(fair).ok());
    CHECK_FALSE(town.standing(kiel).open);
    CHECK(town.standing(kiel).freezes == std::vector<std::string>{"fair"});
    CHECK(town.standing(kiel).at->from == at("2026-05-07T00:00:00Z"));
    CHECK(town.standing(kiel, Priority::urgent).open);
    CHECK(town.standing(bonn).open);
    CHECK_FALSE(town.standing(bonn).bound);
    // Whether a device without a site stands in Kiel is not known: the freeze holds it.
    const auto unknown = town.device("s3", "UTC");
    CHECK_FALSE(town.standing(unknown).open);
    CHECK(town.result<Preview>([&](auto reply) { town.schedules.put(town.admin, fair, reply); }).ok());
    REQUIRE(town.status([&](auto reply) { town.schedules.remove(town.admin, "fair", "over", reply); }).ok());
    CHECK(town.standing(kiel).open);
}

TEST_CASE("a window that is perhaps for a device opens nothing to one that has its own, and binds one that "
          "has none") {
    Town town;
    schedule::Rule later = window("later", {times("2026-06-01T00:00", 3h)});
    later.query = "site = Kiel";
    schedule::Rule open = window("open", {times("2026-05-04T00:00", 72h)});
    open.query = "owner = lab";
    REQUIRE(town.set(later).ok());
    REQUIRE(town.set(open).ok());
    const auto kiel = town.device("s1", "UTC"); // nobody said whose it is
    town.put_fact(kiel, device::key::site, "Kiel");
    CHECK_FALSE(town.standing(kiel).open);
    CHECK(town.standing(kiel).at->from == at("2026-06-01T00:00:00Z"));
    const auto lab = town.device("s2", "UTC");
    town.put_fact(lab, device::key::owner, "lab");
    CHECK(town.standing(lab).open);
    const auto neither = town.device("s3", "UTC");
    CHECK(town.standing(neither).bound);
}

TEST_CASE("a window that never opens again is said to be one") {
    Town town;
    const auto id = town.device("s1", "UTC");
    const auto said = town.set(window("once", {times("2026-01-01T02:00", 2h)}));
    REQUIRE(said.ok());
    REQUIRE(said->warnings.size() == 1);
    CHECK(said->warnings[0].starts_with("It never opens again"));
    CHECK_FALSE(town.standing(id).at);
    CHECK_FALSE(town.may_begin(id, fleet::Keeps::yes));
}

TEST_CASE("devices without a known zone are told of, and a window may stay shut for them") {
    Town town;
    const auto id = town.device("s1", "");
    schedule::Rule nights = window("nights", {kNights});
    const auto by_utc = town.set(nights);
    REQUIRE(by_utc.ok());
    REQUIRE(by_utc->warnings.size() == 1);
    CHECK(by_utc->warnings[0].find("the clock of UTC is taken") != std::string::npos);
    nights.zone_if_unknown.clear();
    const auto shut = town.set(nights);
    REQUIRE(shut.ok());
    REQUIRE_FALSE(shut->warnings.empty());
    CHECK(shut->warnings[0].find("never opens for them") != std::string::npos);
    CHECK_FALSE(town.standing(id).at);
}

TEST_CASE("what a rule says is told before it is kept") {
    Town town;
    town.device("s1", "Europe/Berlin");
    town.device("s2", "Asia/Tokyo");
    const auto said = town.schedules.preview(town.admin, window("nights", {kNights}));
    REQUIRE(said.ok());
    CHECK(said->devices == 2);
    REQUIRE(said->places.size() == 2);
    CHECK(said->places[0].words == "Tue 2026-05-05 02:00");
    CHECK(said->sentence ==
          "Installing is allowed every day at 02:00 for 2 h, by each device's own clock, on all devices.");
    CHECK(town.schedules.list(town.admin)->empty());
}

TEST_CASE("what cannot be a rule is refused, and nobody below an operator's rights changes one") {
    Town town;
    schedule::Rule rule = window("nights", {kNights});
    rule.query = "site = ";
    CHECK(town.set(rule).error().where == "/query column 8");
    rule.query.clear();
    rule.zone = "Europe/Atlantis";
    CHECK(town.set(rule).error().where == "/zone");
    rule.zone.clear();
    access::Actor viewer = town.admin;
    viewer.role = access::Role::viewer;
    const auto denied = town.result<Preview>([&](auto reply) { town.schedules.put(viewer, rule, reply); });
    CHECK(denied.error().kind == base::ErrorKind::denied);
    REQUIRE(town.set(rule).ok());
    rule.kind = schedule::Kind::freeze;
    CHECK(town.set(rule).error().kind == base::ErrorKind::conflict);
    CHECK(town.status([&](auto reply) { town.schedules.remove(town.admin, "other", "", reply); })
              .error()
              .kind == base::ErrorKind::not_found);
}

TEST_CASE("a rule that could not be read again is refused, and shuts nobody") {
    Town town;
    const auto device = town.device("s1", "UTC");
    // As it is written it is longer than it was given: the end of its last day is named.
    std::string text = "FREQ=MONTHLY;UNTIL=20271224;BYDAY=1MO";
    int days = 1;
    for (const char* week : {"1", "2", "3", "4", "5", "-1", "-2", "-3", "-4", "-5"})
        for (const char* day : {"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
            if (const std::string one = std::string(week) + day; one != "1MO" && ++days < 60)
                text += "," + one;
    text += ";BYMONTHDAY=1";
    for (int day = 2; day <= 31 && text.size() < 494; ++day)
        text += "," + std::to_string(day);
    for (int day = 1; day <= 31 && text.size() < 494; ++day)
        text += ",-" + std::to_string(day);
    REQUIRE(text.size() >= 494);
    REQUIRE(text.size() <= 500);
    const auto repeats = schedule::Recurrence::parse(text);
    REQUIRE_MESSAGE(repeats.ok(), (repeats.ok() ? "" : repeats.error().text()));
    const auto wordy = schedule::Times::make(schedule::parse_local("2026-01-05T02:00").value(), 1h, *repeats);
    REQUIRE(wordy.ok());
    REQUIRE(repeats->text().size() > 500);
    CHECK_FALSE(town.set(window("wordy", {*wordy})).ok());
    REQUIRE(town.set(freeze("fair", {times("2026-05-04T00:00", 72h)})).ok()); // and others can be set
    REQUIRE(town.status([&](auto reply) { town.schedules.remove(town.admin, "fair", "", reply); }).ok());
    CHECK(town.standing(device).open);
}

TEST_CASE("rules outlive a restart, and each change is in the audit log") {
    Town town;
    const auto id = town.device("s1", "UTC");
    REQUIRE(town.set(window("nights", {kNights})).ok());
    Schedules again(town.core, town.zones);
    again.start();
    CHECK_FALSE(town.look(
        id, [&](const fleet::Glance& glance) { return again.standing(glance, Priority::normal).open; }));
    const auto rows = town.history.audit(fleet::test::kTenant, 0, 100);
    REQUIRE(rows.ok());
    CHECK(std::ranges::any_of(*rows, [](const auto& row) { return row.action == "window.set"; }));
}

TEST_CASE("a calendar has the times of each rule by each clock that devices go by, as many as go by it") {
    Town town;
    town.device("a", "Europe/Berlin");
    town.device("b", "Europe/Berlin");
    town.device("c", "");
    REQUIRE(town.set(window("nights", {times("2026-01-05T02:00", 3h, "FREQ=DAILY")})).ok());
    schedule::Rule fair = freeze("fair", {times("2026-05-06T00:00", 24h)});
    fair.zone = "Europe/Berlin";
    REQUIRE(town.set(fair).ok());
    const auto week =
        town.schedules.dates(town.admin, at("2026-05-04T00:00:00Z"), at("2026-05-11T00:00:00Z"));
    REQUIRE(week.ok());
    REQUIRE(week->size() == 3);
    for (const Dates& dates : *week) {
        const bool berlin = dates.clock == "Europe/Berlin";
        if (dates.name == "fair") {
            CHECK(dates.kind == schedule::Kind::freeze);
            CHECK(dates.devices == 3);
            REQUIRE(dates.times.size() == 1);
            CHECK(dates.times[0].from == at("2026-05-05T22:00:00Z"));
            continue;
        }
        CHECK(dates.devices == (berlin ? 2 : 1));
        REQUIRE(dates.times.size() == 7);
        CHECK(dates.times[0].from == at(berlin ? "2026-05-04T00:00:00Z" : "2026-05-04T02:00:00Z"));
        CHECK(dates.times[0].to - dates.times[0].from == 3h);
        CHECK(dates.more == 0);
    }
    CHECK(town.schedules.dates(town.admin, at("2026-05-04T00:00:00Z"), at("2026-05-04T00:00:00Z"))
              .error()
              .where == "to");
    CHECK_FALSE(
        town.schedules.dates(town.admin, at("2026-05-04T00:00:00Z"), at("2026-12-04T00:00:00Z")).ok());
}
