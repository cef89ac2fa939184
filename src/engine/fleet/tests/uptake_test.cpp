// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <fleet/imports.hpp>
#include <fleet/uptake.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::fleet;
using namespace oakum::fleet::test;
using connector::ManagedDevice;
using namespace std::chrono_literals;

namespace {

struct Town : House {
    Imports imports{core, executor};

    Uptake::Origin origin(const std::string& name = "hq") {
        return {name, "Microsoft Intune (" + name + ")", "x.intune_id", "intune", {}};
    }
    // One page in a sweep of its own.
    Uptake::Counts sweep(std::vector<ManagedDevice> page, Uptake::Origin from,
                         std::string* reasons = nullptr) {
        Uptake uptake(core, kTenant, std::move(from));
        bool done = false;
        uptake.take(std::move(page), [&] { done = true; });
        settle();
        REQUIRE(done);
        if (reasons != nullptr)
            for (const std::string& one : uptake.reasons())
                *reasons += one + "\n";
        return uptake.counts();
    }
    Uptake::Counts sweep(std::vector<ManagedDevice> page) { return sweep(std::move(page), origin()); }
    void import(const std::string& text) {
        ImportWish wish;
        wish.name = "fleet.csv";
        wish.text = text;
        REQUIRE(result<ImportReport>([&](auto reply) { imports.run(admin, wish, reply); }).ok());
    }
    std::string fact(DeviceId id, std::string_view key) {
        const auto held = live.fact({kTenant, id}, key);
        return held ? held->value : "";
    }
    DeviceId with(const std::string& serial) { return live.by_serial(kTenant, serial).value(); }
    std::uint64_t count(const std::string& query) { return live.count(select(query)).yes; }
    base::TimePoint ago(base::Duration time) { return clock.now() - time; }
};

ManagedDevice phone(const std::string& id, std::map<std::string, std::string> facts,
                    std::optional<base::TimePoint> told = std::nullopt) {
    ManagedDevice device;
    device.id = id;
    device.facts = std::move(facts);
    device.facts["x.intune_id"] = id;
    device.facts.try_emplace("platform", "ios");
    device.told = told;
    return device;
}

} // namespace

TEST_CASE("a device that is known from a list by its serial is the same device, with its history") {
    Town town;
    town.import("serial;platform;os_version;owner\nA;iOS;26.1;ward 3\n");
    const DeviceId known = town.with("A");
    const auto counts = town.sweep({phone("i1", {{"serial", "A"}, {"os_version", "26.3"}}),
                                    phone("i2", {{"serial", "B"}, {"os_version", "26.3"}})});
    CHECK(counts.created == 1);
    CHECK(counts.changed == 1);
    CHECK(town.with("A") == known);
    CHECK(town.fact(known, "os_version") == "26.3");
    CHECK(town.fact(known, "owner") == "ward 3");
    CHECK(town.fact(known, "x.connector") == "hq");
    CHECK(town.fact(known, "protocol") == "intune");
    CHECK(town.row(known).base_set != SetId());
}

TEST_CASE("without a serial a device is known by its IMEI, and without that by the system's own id") {
    Town town;
    town.import("serial;imei;platform\nA;351234567890123;Android\n");
    CHECK(town.sweep({phone("i1", {{"x.imei", "351234567890123"}, {"platform", "android"}})}).changed == 1);
    CHECK(town.sweep({phone("own", {})}).created == 1);
    CHECK(town.sweep({phone("own", {{"os_version", "26.4"}})}).changed == 1);
    CHECK(town.count("lifecycle = active") == 2);
    // Enrolled anew under another id.
    ManagedDevice again = phone("own2", {});
    again.earlier_ids = {"own"};
    CHECK(town.sweep({again}).changed == 1);
    CHECK(town.count("lifecycle = active") == 2);
}

TEST_CASE("two devices that share an IMEI by mistake stay two, sweep after sweep") {
    Town town;
    const std::vector<ManagedDevice> page{phone("a", {{"serial", "S1"}, {"x.imei", "351234567890123"}}),
                                          phone("b", {{"serial", "S2"}, {"x.imei", "351234567890123"}})};
    CHECK(town.sweep(page).created == 2);
    CHECK(town.with("S1") != town.with("S2"));
    const DeviceId other = town.with("S2");
    for (int n = 0; n < 2; ++n) {
        const auto counts = town.sweep(page);
        CHECK(counts.created + counts.refused + counts.older == 0);
    }
    CHECK(town.with("S2") == other);
    CHECK(town.count("lifecycle = active") == 2);
}

TEST_CASE("a device that is named and cannot be taken is not gone") {
    Town town;
    town.sweep({phone("a", {{"serial", "S1"}})});
    Uptake uptake(town.core, kTenant, town.origin());
    bool done = false;
    uptake.take({phone("a", {{"serial", "S1"}, {"platform", "android"}})}, [&] { done = true; });
    town.settle();
    REQUIRE(done);
    CHECK(uptake.counts().refused == 1);
    CHECK(uptake.unnamed().empty());
}

TEST_CASE("a serial of another maker's device is not taken for this one") {
    Town town;
    town.import("serial;platform\nA1;linux\n");
    std::string reasons;
    const auto counts = town.sweep({phone("i1", {{"serial", "A1"}})}, town.origin(), &reasons);
    CHECK(counts.refused == 1);
    CHECK(reasons.find("which runs linux and not ios") != std::string::npos);
    CHECK(town.fact(town.with("A1"), "x.connector").empty());
    // iPadOS and iOS are one maker's.
    town.import("serial;platform\nA2;iPadOS\n");
    CHECK(town.sweep({phone("i2", {{"serial", "A2"}})}).changed == 1);
}

TEST_CASE("of two records of one device the one that was told later counts, in whatever order they come") {
    const auto record = [](Town& town, const std::string& id, const std::string& version,
                           base::Duration age) {
        return phone(id, {{"serial", "A"}, {"os_version", version}}, town.ago(age));
    };
    for (const bool newer_first : {true, false}) {
        // On one page.
        Town one;
        std::vector<ManagedDevice> page{record(one, "new", "26.4", 1h), record(one, "old", "18.1", 300h)};
        if (!newer_first) std::swap(page[0], page[1]);
        const auto counts = one.sweep(page);
        CHECK(counts.created == 1);
        CHECK(counts.older == 1);
        CHECK(one.fact(one.with("A"), "os_version") == "26.4");
        CHECK(one.fact(one.with("A"), "x.intune_id") == "new");
        // On two pages of one sweep.
        Town two;
        Uptake uptake(two.core, kTenant, two.origin());
        page = {record(two, "new", "26.4", 1h), record(two, "old", "18.1", 300h)};
        if (!newer_first) std::swap(page[0], page[1]);
        for (const ManagedDevice& each : page) {
            uptake.take({each}, [] {});
            two.settle();
        }
        CHECK(two.count("lifecycle = active") == 1);
        CHECK(two.fact(two.with("A"), "os_version") == "26.4");
    }
}

TEST_CASE("a page that comes twice makes no device twice, also of devices without a serial") {
    Town town;
    Uptake uptake(town.core, kTenant, town.origin());
    for (int i = 0; i < 3; ++i) {
        uptake.take({phone("x", {}), phone("y", {{"serial", "Y"}})}, [] {});
        town.settle();
    }
    CHECK(town.count("lifecycle = active") == 2);
    CHECK(uptake.counts().created == 2);
    CHECK(uptake.unnamed().empty());
}

TEST_CASE("a clock of the other side that runs ahead does not hold later words back") {
    Town town;
    CHECK(town.sweep({phone("a", {{"serial", "A"}, {"os_version", "26.3"}}, town.clock.now() + 9000h)})
              .created == 1);
    CHECK(town.row(town.with("A")).last_inventory <= town.clock.now());
    town.clock.wall_offset += 1h;
    CHECK(town.sweep({phone("a", {{"serial", "A"}, {"os_version", "26.4"}}, town.clock.now())}).changed == 1);
    CHECK(town.fact(town.with("A"), "os_version") == "26.4");
}

TEST_CASE("a device with an agent of ours is not talked over, and a person's word stays") {
    Town town;
    town.token("t", 1);
    const auto enrolled = town.enrol("t", "A", "GW-1");
    REQUIRE(enrolled.ok());
    REQUIRE(town.poll(town.actor(*enrolled)).ok());
    const auto before = town.fact(enrolled->device, "protocol");
    CHECK(town.sweep({phone("i", {{"serial", "A"}, {"model", "other"}, {"platform", ""}})}).refused == 0);
    CHECK(town.fact(enrolled->device, "protocol") == before);
    CHECK(town.fact(enrolled->device, "model") == "GW-1");
    town.sweep({phone("j", {{"serial", "B"}, {"model", "iPhone"}})});
    const DeviceId b = town.with("B");
    REQUIRE(town.status([&](auto done) {
                    town.registry.set_facts(town.admin, b, {{"model", "iPhone 15"}}, "I looked", done);
                })
                .ok());
    town.sweep({phone("j", {{"serial", "B"}, {"model", "iPhone"}})});
    CHECK(town.fact(b, "model") == "iPhone 15");
}

TEST_CASE("a device that two systems know is one device, and the one that follows it has the say") {
    Town town;
    town.sweep({phone("i", {{"serial", "A"}, {"model", "iPhone 15 Pro"}, {"os_version", "26.3"}})});
    Uptake::Origin second{"lab", "Another (lab)", "x.other_id", "other", {"hq"}};
    ManagedDevice same;
    same.id = "o";
    same.facts = {{"serial", "A"},        {"model", "iPhone16,1"}, {"platform", "ios"},
                  {"os_version", "26.2"}, {"x.other_id", "o"},     {"x.os_build", "23D1"}};
    for (int i = 0; i < 3; ++i)
        CHECK(town.sweep({same}, second).changed == (i == 0 ? 1 : 0));
    const DeviceId id = town.with("A");
    CHECK(town.count("lifecycle = active") == 1);
    CHECK(town.fact(id, "model") == "iPhone 15 Pro");
    CHECK(town.fact(id, "os_version") == "26.3");
    CHECK(town.fact(id, "x.os_build") == "23D1");
    CHECK(town.fact(id, "x.other_id") == "o");
    CHECK(town.fact(id, "x.connector") == "hq");
    // The first one is not there any more: the second follows it from now on.
    second.others.clear();
    CHECK(town.sweep({same}, second).changed == 1);
    CHECK(town.fact(id, "x.connector") == "lab");
    CHECK(town.fact(id, "os_version") == "26.2");
}

TEST_CASE("of a device that became a person's own, what is theirs goes") {
    Town town;
    town.sweep({phone("i", {{"serial", "A"},
                            {"name", "Ward 3"},
                            {"x.imei", "351"},
                            {"os_version", "26.3"},
                            {"x.ownership", "company"}})});
    const DeviceId id = town.with("A");
    ManagedDevice own = phone("i", {{"os_version", "26.4"}, {"x.ownership", "personal"}});
    own.personal = true;
    CHECK(town.sweep({own}).changed == 1);
    for (const char* gone : {"serial", "name", "x.imei"})
        CHECK_MESSAGE(town.fact(id, gone).empty(), gone);
    CHECK(town.fact(id, "os_version") == "26.4");
    CHECK(town.sweep({own}).unchanged == 1);
}

TEST_CASE("of a device that became a person's own its apps are forgotten") {
    Town town;
    ManagedDevice device = phone("i", {{"serial", "A"}, {"x.ownership", "company"}});
    component::Component app;
    app.name = "com.example.diary";
    device.apps = std::vector<component::Component>{app};
    town.sweep({device});
    const DeviceId id = town.with("A");
    REQUIRE(town.software.components(kTenant, town.row(id).delta_set)->size() == 1);
    ManagedDevice own = phone("i", {{"x.ownership", "personal"}});
    own.personal = true;
    town.sweep({own});
    CHECK(town.software.components(kTenant, town.row(id).delta_set)->empty());
}

TEST_CASE("what cannot be kept of a record costs only itself, and a MAC address is written as ours are") {
    Town town;
    town.sweep({phone("i", {{"serial", "A"},
                            {"name", "a\nb"},
                            {"model", std::string(5000, 'x')},
                            {"x.mac", "001A2B3C4D5E"},
                            {"os_version", "26.3"}})});
    const DeviceId id = town.with("A");
    CHECK(town.fact(id, "name").empty());
    CHECK(town.fact(id, "model").empty());
    CHECK(town.fact(id, "x.mac") == "00:1a:2b:3c:4d:5e");
    CHECK(town.fact(id, "os_version") == "26.3");
}
