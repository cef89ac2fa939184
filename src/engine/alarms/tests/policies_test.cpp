// SPDX-License-Identifier: Apache-2.0
#include "../../schedules/tests/town.hpp"

#include <alarms/alarms.hpp>
#include <alarms/observe.hpp>
#include <alarms/policies.hpp>
#include <budgets/budgets.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::alarms;
using namespace oakum::schedules::test;
using namespace std::chrono_literals;
using alarm::Cause;
using alarm::Kind;
using fleet::test::kTenant;
using schedule::test::at;
using schedule::test::times;

namespace {

struct House : fleet::test::House {
    FakeZones zones;
    schedules::Schedules schedules{core, zones};
    budgets::Budgets budgets{core};

    House() {
        schedules.start();
        budgets.start();
        clock.wall_offset += at("2026-05-04T12:00:00Z") - clock.now();
    }
    device::DeviceId device(const std::string& serial, std::map<std::string, std::string> facts) {
        token("t" + serial, 1);
        const auto enrolled = enrol("t" + serial, serial);
        REQUIRE(enrolled.ok());
        for (const auto& [key, value] : facts)
            fact(enrolled->device, key, value);
        return enrolled->device;
    }
    void fact(device::DeviceId id, const std::string& key, const std::string& value) {
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        shard::place_of(kTenant, id), shard::Priority::person,
                        [=](shard::Transaction& transaction) -> base::Status {
                            transaction.put(ports::FactRow{
                                id, {key, value, device::FactSource::reported, "", transaction.now()}});
                            return {};
                        },
                        reply);
                }).ok());
    }
    void set(schedule::Rule rule, const std::string& query) {
        rule.query = query;
        const auto done = result<schedules::Preview>([&](auto reply) { schedules.put(admin, rule, reply); });
        REQUIRE_MESSAGE(done.ok(), done.error().text());
    }
    std::vector<std::string> idle() {
        std::vector<std::string> words;
        for (const Cause& cause : idle_policies(core, kTenant))
            words.push_back(alarm::words(cause, std::nullopt).what);
        return words;
    }
};

floors::View standing(std::uint64_t overdue, std::size_t lines) {
    floors::View view;
    view.floor.policy.name = "phones";
    view.floor.policy.platform = "ios";
    view.floor.policy.version = "26.4";
    view.counts[static_cast<std::size_t>(floor::Standing::overdue)] = overdue;
    for (std::size_t i = 0; i < lines; ++i) {
        floors::DeviceLine line;
        line.id = device::DeviceId(base::Id128{1, i});
        line.judged.standing = floor::Standing::overdue;
        view.lines.push_back(line);
    }
    return view;
}

} // namespace

TEST_CASE("a window, freeze, budget or floor that is for nobody, or that never opens again, is idle") {
    House house;
    using Words = std::vector<std::string>;
    house.set(window("nights", {times("2026-01-01T02:00", 2h, "FREQ=DAILY")}), "site = Kiel");
    CHECK(house.idle() == Words{}); // there is no device at all
    house.device("SN-1", {{"site", "Ulm"}});
    CHECK(house.idle() == Words{"The window nights is for no device that is here."});
    const auto kiel = house.device("SN-2", {{"site", "Kiel"}});
    CHECK(house.idle() == Words{});

    // Once, and that was long ago; a freeze that is over was for that.
    house.set(window("once", {times("2026-01-01T02:00", 2h)}), "");
    house.set(freeze("fair", {times("2026-01-01T02:00", 2h)}), "site = Nowhere");
    house.set(freeze("summer", {times("2026-08-01T02:00", 2h)}), "site = Nowhere");
    budget::Budget budget;
    budget.name = "lines";
    budget.query = "site = Bonn";
    budget.by = {"site"};
    budget.limit = budget::Devices{1};
    REQUIRE(house.status([&](auto reply) { house.budgets.put(house.admin, budget, reply); }).ok());
    CHECK(
        house.idle() ==
        Words{
            "The window once never opens again: devices that no other window lets in are not changed at all.",
            "The freeze summer is for no device that is here.",
            "The budget lines is for no device that is here."});
    // One that does not say whether it is meant may be.
    house.device("SN-3", {});
    house.fact(kiel, "site", "Bonn");
    CHECK(house.idle() == Words{"The window once never opens again: devices that no other window lets in are "
                                "not changed at all."});
}

TEST_CASE("phones that are past their day are one alarm a floor, with those that can be named") {
    CHECK_FALSE(missed(standing(0, 0)));
    const auto two = missed(standing(2, 2));
    REQUIRE(two);
    CHECK(two->subject == "phones");
    CHECK(two->things.size() == 2);
    CHECK(two->query == "id in (" + two->things[0] + ", " + two->things[1] + ")");
    CHECK(device::parse_query(two->query).ok());
    CHECK(alarm::words(*two, 2).what ==
          "2 phones are past the day on which the floor phones was to be kept.");
    // More than are listed, or than a query names.
    for (const auto& many : {missed(standing(300, 200)), missed(standing(101, 101))}) {
        REQUIRE(many);
        CHECK(many->things.empty());
        CHECK(many->query == "platform in (ios, ipados) and (os_version < \"26.4\")");
        CHECK(alarm::words(*many, 400).what ==
              "Phones are past the day on which the floor phones was to be kept.");
    }
}

TEST_CASE(
    "devices that refused what was tried on them are one alarm, which is worse with each further thing") {
    House house;
    house.device("SN-1", {});
    CHECK(attacked_devices(house.live, kTenant).empty());
    house.device("SN-2", {{"x.attack", "rollback"}});
    const auto first = attacked_devices(house.live, kTenant);
    REQUIRE(first.size() == 1);
    CHECK(first[0].query == "exists(x.attack)");
    CHECK(alarm::words(first[0], 1).what ==
          "1 device refused what it was served: it was older than what the device had before.");
    CHECK(alarm::urgency(first[0]) == alarm::Urgency::at_once);
    house.device("SN-3", {{"x.attack", "freeze"}});
    house.device("SN-4", {{"x.attack", "\x1b[31m<b>free beer</b>"}});
    const auto more = attacked_devices(house.live, kTenant);
    REQUIRE(more.size() == 1);
    CHECK(more[0].extent == 3);
    CHECK(alarm::is_worse(first[0], more[0]));
    CHECK(alarm::words(more[0], 3).what == "3 devices refused what they were served: it was older than what "
                                           "the device had before, and its signed "
                                           "metadata had expired.");
}
