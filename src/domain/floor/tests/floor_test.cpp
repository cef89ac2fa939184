// SPDX-License-Identifier: Apache-2.0
#include <floor/judge.hpp>

#include "../../schedule/tests/berlin.hpp"

#include <connector/connector.hpp>
#include <device/query.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::floor;

namespace {

base::TimePoint at(std::string_view text) {
    return base::parse_time(text).value();
}

// As Apple's list of August 2026 has it, cut down.
const Offered& offered() {
    static const Offered list({{"26.6.1", at("2026-08-17"), {"iPhone16,1", "iPad14,1"}},
                               {"26.6", at("2026-07-27"), {"iPhone16,1", "iPad14,1"}},
                               {"26.4", at("2026-03-24"), {}},
                               {"18.7.10", at("2026-08-17"), {"iPhone11,2"}},
                               {"18.7.8", at("2026-04-22"), {"iPhone16,1", "iPhone11,2"}},
                               {"18.7.7", at("2026-03-24"), {}},
                               {"18.7.7", at("2026-03-24"), {"iPhone11,2"}},
                               {"soon", at("2026-08-17"), {"iPhone16,1"}}},
                              {{"iPhone16,1", "iPhone 15 Pro"},
                               {"iPhone11,2", "iPhone XS"},
                               {"iPad14,1", "iPad mini (6th generation) Wi-Fi"},
                               {"iPad14,2", "iPad mini (6th generation) Wi-Fi + Cellular"}},
                              at("2026-08-22"));
    return list;
}

Policy ios(std::string version) {
    Policy policy;
    policy.name = "phones";
    policy.platform = "ios";
    policy.version = std::move(version);
    return policy;
}
Policy newest(std::string platform) {
    Policy policy = ios("");
    policy.platform = std::move(platform);
    policy.latest = true;
    return policy;
}
Floor floor_of(Policy policy, std::string_view since = "2026-08-15") {
    Floor floor;
    floor.policy = std::move(policy);
    floor.since = at(since);
    return floor;
}
Known phone(std::string_view version, std::string_view model = "iPhone 15 Pro") {
    return {.os_version = version,
            .patch_level = "",
            .model = model,
            .ownership = "company",
            .supervised = "yes",
            .connector = "hq",
            .update_status = ""};
}
Judgement judged(const Floor& floor, const Known& device, std::string_view now = "2026-08-20") {
    return judge(floor, offered(), device, schedule::utc(), at(now));
}

} // namespace

TEST_CASE("a floor is checked field by field") {
    const auto place = [](const Policy& policy) {
        const base::Status status = check(policy);
        return status.ok() ? std::string() : status.error().where;
    };
    const auto with = [](auto edit) {
        Policy policy = ios("26.4");
        edit(policy);
        return policy;
    };
    CHECK(place(ios("26.4")).empty());
    CHECK(place(newest("android")).empty());
    CHECK(place(with([](Policy& p) { p.name = "Phones of Anna"; })) == "/name");
    CHECK(place(with([](Policy& p) { p.platform = "windows"; })) == "/platform");
    CHECK(place(with([](Policy& p) { p.version = "soon"; })) == "/version");
    CHECK(place(with([](Policy& p) { p.version = ""; })) == "/version");
    CHECK(place(with([](Policy& p) { p.latest = true; })) == "/latest");
    CHECK(place(with([](Policy& p) { p.patch_level = "2026-08-05"; })) == "/patch_level");
    CHECK(place(with([](Policy& p) { p.days = 366; })) == "/days");
    CHECK(place(with([](Policy& p) { p.exploited_days = 15; })) == "/exploited_days");
    CHECK(place(with([](Policy& p) { p.hour = 24; })) == "/hour");
    CHECK(place(with([](Policy& p) { p.install = Hours{1'320, 1'340}; })) == "/install");
    CHECK(place(with([](Policy& p) { p.install = Hours{1'320, 300}; })).empty());
}

TEST_CASE("an exception names its devices, says why, and ends within a year") {
    const auto place = [](const Exception& one) {
        const base::Status status = check(one, at("2026-08-20"));
        return status.ok() ? std::string() : status.error().where;
    };
    Exception one{1, "site = Kiel", "the app does not run there", "", at("2026-09-20"), {}, {}};
    CHECK(place(one).empty());
    CHECK(place({1, "", one.reason, "", one.until, {}, {}}) == "/query");
    CHECK(place({1, one.query, "", "", one.until, {}, {}}) == "/reason");
    CHECK(place({1, one.query, one.reason, "", at("2026-08-20"), {}, {}}) == "/until");
    CHECK(place({1, one.query, one.reason, "", at("2027-08-21"), {}, {}}) == "/until");
    CHECK_FALSE(one.counts(at("2026-08-20")));
    one.state = exception::State::approved;
    CHECK(one.counts(at("2026-08-20")));
    CHECK_FALSE(one.counts(at("2026-09-20")));
}

TEST_CASE("whom a floor is about and who falls short are queries") {
    Policy policy = ios("26.4");
    policy.query = "site = Kiel or site = Bonn";
    CHECK(devices_of(policy) == "platform in (ios, ipados) and (site = Kiel or site = Bonn)");
    CHECK(short_of(policy) == devices_of(policy) + " and (os_version < \"26.4\")");
    CHECK(device::parse_query(short_of(policy)).ok());
    CHECK(words(policy) == "iOS 26.4");
    CHECK(words(newest("ios")) == "the newest iOS that each model is offered");
    CHECK(asks_for_more(ios("26.4"), ios("26.6")));
    Policy later = ios("26.4");
    later.days = 30;
    CHECK_FALSE(asks_for_more(ios("26.4"), later));
}

TEST_CASE(
    "what is offered to a model is found by its id and by its name, and a name of several counts for all") {
    CHECK(offered().model("iPhone16,1").newest->version == "26.6.1");
    CHECK(offered().model("iPhone 15 Pro").newest->version == "26.6.1");
    CHECK(offered().model("iphone xs").newest->version == "18.7.10");
    // The one with a mobile network is offered nothing, so that nothing can be asked of all of them.
    CHECK(offered().model("iPad mini (6th generation)").known);
    CHECK(offered().model("iPad mini (6th generation)").newest == nullptr);
    CHECK_FALSE(offered().model("Pixel 8").known);
    CHECK_FALSE(offered().model("").known);
    CHECK(offered().find("26.4.0")->version == "26.4");
    CHECK(offered().find("26.5") == nullptr);
    CHECK(offered().newest()->version == "26.6.1");
    CHECK(Offered().newest() == nullptr);
}

TEST_CASE("each device keeps a floor, has time, is late, cannot, or cannot be told") {
    struct Row {
        std::string says;
        Floor floor;
        Known device;
        Standing standing;
        Obstacle obstacle;
        std::string wanted;
    };
    Known personal = phone("26.3"), unsupervised = phone("26.3"), unmanaged = phone("26.3"),
          silent = phone("26.3"), excepted = phone("26.3"), kept_excepted = phone("26.6");
    personal.ownership = "personal";
    unsupervised.supervised = "no";
    unmanaged.connector = unmanaged.ownership = ""; // a list says neither
    silent.silent = true;
    excepted.excepted = kept_excepted.excepted = true;
    Known own = unsupervised, old = phone("16.7.12"), own_personal = personal;
    own.connector = old.connector = own_personal.connector = connector::kOwnManagement;
    const Floor fixed = floor_of(ios("26.4")), latest = floor_of(newest("ios"));
    const Row rows[] = {
        {"newer", fixed, phone("26.6"), Standing::keeps, Obstacle::none, "26.4"},
        {"the same, written longer", fixed, phone("26.4.0"), Standing::keeps, Obstacle::none, "26.4"},
        {"older", fixed, phone("26.3"), Standing::short_of_it, Obstacle::none, "26.4"},
        {"silent about itself", fixed, phone(""), Standing::unknown, Obstacle::no_version, "26.4"},
        {"what never was", fixed, phone("26.x"), Standing::unknown, Obstacle::no_version, "26.4"},
        {"an old model", fixed, phone("18.7.8", "iPhone XS"), Standing::cannot, Obstacle::end_of_life,
         "26.4"},
        {"a new branch comes", floor_of(ios("26.9")), phone("26.6.1"), Standing::cannot,
         Obstacle::not_offered, "26.9"},
        {"a model that is not listed", fixed, phone("26.3", "iPhone 99"), Standing::short_of_it,
         Obstacle::none, "26.4"},
        {"a person's own", fixed, personal, Standing::cannot, Obstacle::personal, "26.4"},
        {"not supervised", fixed, unsupervised, Standing::cannot, Obstacle::not_supervised, "26.4"},
        {"not supervised, of ours", fixed, own, Standing::short_of_it, Obstacle::none, "26.4"},
        {"of ours, before iOS 17", fixed, old, Standing::cannot, Obstacle::too_old, "26.4"},
        {"of ours, a person's own", fixed, own_personal, Standing::cannot, Obstacle::personal, "26.4"},
        {"of no system", fixed, unmanaged, Standing::cannot, Obstacle::no_system, "26.4"},
        {"not heard of", fixed, silent, Standing::cannot, Obstacle::silent, "26.4"},
        {"excepted", fixed, excepted, Standing::excepted, Obstacle::none, "26.4"},
        {"excepted, and new", fixed, kept_excepted, Standing::keeps, Obstacle::none, "26.4"},
        {"the newest of its model", latest, phone("18.7.10", "iPhone XS"), Standing::keeps, Obstacle::none,
         "18.7.10"},
        {"not the newest of its model", latest, phone("18.7.8", "iPhone XS"), Standing::short_of_it,
         Obstacle::none, "18.7.10"},
        {"18.7.8 where 26 is offered", latest, phone("18.7.8"), Standing::short_of_it, Obstacle::none,
         "26.6.1"},
        {"of a model that is not known", latest, phone("26.6", "iPhone 99"), Standing::unknown,
         Obstacle::no_model, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.says);
        const Judgement found = judged(row.floor, row.device);
        CHECK(to_string(found.standing) == to_string(row.standing));
        CHECK(to_string(found.obstacle) == to_string(row.obstacle));
        CHECK(found.wanted == row.wanted);
        CHECK(found.deadline.has_value() == (row.standing == Standing::short_of_it));
    }
}

TEST_CASE(
    "Android is judged by release, by patch level, and for the newest by what the device says of updates") {
    Policy level = newest("android");
    level.latest = false;
    level.version = "15";
    level.patch_level = "2026-08-05";
    const auto device = [](std::string_view version, std::string_view patch, std::string_view status = "") {
        Known known = phone(version, "Pixel 8");
        known.patch_level = patch;
        known.update_status = status;
        known.supervised = "";
        return known;
    };
    const auto of = [&](const Policy& policy, const Known& known) { return judged(floor_of(policy), known); };
    CHECK(of(level, device("16", "2026-08-05")).standing == Standing::keeps);
    CHECK(of(level, device("16", "2026-08-01")).standing == Standing::short_of_it);
    CHECK(of(level, device("14", "2026-09-01")).standing == Standing::short_of_it);
    CHECK(of(level, device("16", "")).standing == Standing::unknown);
    CHECK(of(level, device("14", "")).standing == Standing::short_of_it);
    CHECK(of(level, device("Baklava", "2026-08-05")).standing == Standing::unknown);
    CHECK(of(level, device("16", "2026-08-01", "UP_TO_DATE")).obstacle == Obstacle::not_offered);
    const Policy latest = newest("android");
    CHECK(of(latest, device("14", "2024-01-01", "UP_TO_DATE")).standing == Standing::keeps);
    CHECK(of(latest, device("16", "2026-08-05", "SECURITY_UPDATE_AVAILABLE")).standing ==
          Standing::short_of_it);
    CHECK(of(latest, device("16", "2026-08-05", "UPDATE_STATUS_UNKNOWN")).standing == Standing::unknown);
    CHECK(of(latest, device("16", "2026-08-05", "")).standing == Standing::unknown);
}

TEST_CASE("a deadline is an hour of the device's own day, and what is exploited has less time") {
    Known device = phone("26.3");
    const schedule::ZoneRules berlin = schedule::test::berlin();
    device.zone = &berlin;
    // 26.6 came on 27 July; 14 days after 15 August at 19:00 in Berlin, which is 17:00 UTC in summer.
    const Floor latest = floor_of(newest("ios"));
    CHECK(judged(latest, device, "2026-08-17").deadline == at("2026-08-29T17:00:00Z"));
    device.exploited = true;
    CHECK(judged(latest, device, "2026-08-18T16:59:00Z").deadline == at("2026-08-18T17:00:00Z"));
    CHECK(judged(latest, device, "2026-08-18T17:00:00Z").standing == Standing::overdue);
    // Whoever sets a floor for an old release gives time from then on.
    CHECK(judged(floor_of(ios("26.4"), "2026-08-19"), device).deadline == at("2026-08-22T17:00:00Z"));
    device.zone = nullptr;
    CHECK(judged(latest, device).deadline == at("2026-08-18T19:00:00Z"));
}

TEST_CASE("the time for the newest begins when a model could have had something newer, whatever came since") {
    struct Row {
        std::string says;
        std::string_view since, version, model;
        std::optional<std::string_view> listed; // that it is exploited; "": not known since when
        std::string_view deadline;
    };
    const Row rows[] = {
        {"one release behind: from that", "2026-01-01", "26.6", "iPhone 15 Pro", {}, "2026-08-31"},
        {"two behind: from the older", "2026-01-01", "26.4", "iPhone 15 Pro", {}, "2026-08-10"},
        {"on an older branch: from what came first",
         "2026-01-01",
         "18.7.7",
         "iPhone 15 Pro",
         {},
         "2026-05-06"},
        {"the same on a model that stays there", "2026-01-01", "18.7.7", "iPhone XS", {}, "2026-05-06"},
        {"behind by what that model got", "2026-01-01", "18.7.8", "iPhone XS", {}, "2026-08-31"},
        {"a floor that is younger", "2026-08-15", "18.7.7", "iPhone XS", {}, "2026-08-29"},
        {"exploited, from its listing", "2026-01-01", "26.6", "iPhone 15 Pro", "2026-08-20", "2026-08-23"},
        {"listed before the release", "2026-01-01", "26.6", "iPhone 15 Pro", "2026-08-01", "2026-08-20"},
        {"listed after all its time: no more time", "2026-01-01", "26.4", "iPhone 15 Pro", "2026-08-20",
         "2026-08-10"},
        {"exploited, nobody says since when", "2026-01-01", "26.6", "iPhone 15 Pro", "", "2026-08-20"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.says);
        Known device = phone(row.version, row.model);
        device.exploited = row.listed.has_value();
        if (row.listed && !row.listed->empty()) device.exploited_since = at(*row.listed);
        const Judgement found = judged(floor_of(newest("ios"), row.since), device, "2026-08-22");
        REQUIRE(found.deadline.has_value());
        CHECK(*found.deadline == at(row.deadline) + std::chrono::hours(19));
        CHECK((found.standing == Standing::overdue) == (at(row.deadline) < at("2026-08-22")));
    }
}

TEST_CASE("every obstacle has its name and its words") {
    for (std::size_t i = 1; i < kObstacles; ++i) {
        CHECK_FALSE(to_string(static_cast<Obstacle>(i)).empty());
        CHECK_FALSE(words(static_cast<Obstacle>(i)).empty());
    }
}
