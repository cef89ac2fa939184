// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <doctest/doctest.h>

namespace {

using namespace oakum;
using namespace oakum::fleet;
using namespace oakum::fleet::test;

const GroupId kWest{base::Id128{9, 1}}, kEast{base::Id128{9, 2}};

// Devices with facts, put as if they had been loaded.
struct Town {
    shard::ControlTables control;
    Software software;
    shard::test::Clock clock;
    LiveFleet live{software, control, clock};
    std::uint64_t made = 0;

    Town() {
        group(kWest, "West", {});
        group(kEast, "East", {{"site", "Harbour east", device::FactSource::group, "East", {}}});
    }
    void apply(ports::Row row, std::optional<DeviceId> device = {}) {
        const shard::Place place = device ? shard::place_of(kTenant, *device) : shard::control_of(kTenant);
        for (shard::Projection* projection :
             std::initializer_list<shard::Projection*>{&control, &software, &live})
            projection->apply(place, row);
    }
    void group(GroupId id, std::string name, std::vector<device::Fact> defaults) {
        ports::GroupRow row;
        row.id = id;
        row.name = std::move(name);
        row.defaults = std::move(defaults);
        apply(row);
    }
    SetId set(std::vector<component::Component> components) {
        ports::SoftwareSetRow row;
        for (const component::Component& component : components) {
            row.components.push_back(component_id(component));
            apply(ports::ComponentRow{row.components.back(), component});
        }
        row.id = set_id(row.components);
        apply(row);
        return row.id;
    }
    DeviceId device(GroupId group, std::map<std::string, std::string> facts, SetId base = {},
                    device::Lifecycle lifecycle = device::Lifecycle::active) {
        ports::DeviceRow row;
        row.id = DeviceId(base::Id128{1, ++made});
        row.group = group;
        row.lifecycle = lifecycle;
        row.base_set = base;
        apply(row, row.id);
        for (const auto& [key, value] : facts)
            fact(row.id, key, value);
        return row.id;
    }
    void fact(DeviceId id, std::string key, std::string value) {
        apply(ports::FactRow{id, {std::move(key), std::move(value), device::FactSource::reported, "", {}}},
              id);
    }
    FoundInFleet find(std::string_view text, const Scope& scope = {}, std::size_t limit = 10) const {
        return live.search(kTenant, scope, *search::Wanted::parse(text), limit);
    }
    // "exact serial, prefix name": how each device was found, the best first.
    std::string how(std::string_view text, const Scope& scope = {}) const {
        std::string words;
        for (const FoundDevice& device : find(text, scope).devices)
            words += (words.empty() ? "" : ", ") + std::string(to_string(device.match)) + " " + device.by +
                     " " + std::to_string(device.id.get().low);
        return words;
    }
    std::string values(std::string_view text, const Scope& scope = {}) const {
        std::string words;
        for (const FoundValue& value : find(text, scope).values)
            words += (words.empty() ? "" : ", ") + value.key + " " + value.value + " " +
                     std::to_string(value.devices);
        return words;
    }
};

component::Component busybox(std::string version) {
    component::Component component;
    component.name = "busybox";
    component.version = std::move(version);
    return component;
}

} // namespace

TEST_CASE("a device is found by serial, name, address and id, the better match first") {
    Town town;
    const DeviceId one = town.device(kWest, {{"serial", "GW-1"}, {"name", "Gate"}, {"address", "10.0.0.1"}});
    town.device(kWest, {{"serial", "GW-12"}, {"address", "10.0.0.12"}});
    town.device(kWest, {{"serial", "X-GW-1"}, {"name", "gw-1"}});
    CHECK(town.how("gw-1") == "exact serial 1, exact name 3, prefix serial 2");
    CHECK(town.how("10.0.0.1") == "exact address 1, prefix address 2");
    CHECK(town.how("ate") == "within name 1");
    CHECK(town.how(one.text()) == "exact id 1");
    CHECK(town.how("nothing of the kind") == "");
    // What it was called before leads nowhere.
    town.fact(one, "name", "Door");
    CHECK(town.how("gate") == "");
    CHECK(town.how("door") == "exact name 1");
    town.fact(one, "name", "");
    CHECK(town.how("door") == "");
}

TEST_CASE("of many devices the first are shown and all are counted") {
    Town town;
    for (int n = 0; n < 2500; ++n)
        town.device(kWest, {{"serial", "SN" + std::to_string(10'000 + n)}});
    const FoundInFleet found = town.find("sn1");
    CHECK(found.devices.size() == 10);
    CHECK(found.device_count == 2500);
    CHECK(town.find("SN12499").devices.size() == 1);
    CHECK(town.how("SN12499") == "exact serial 2500");
}

TEST_CASE("who may not see a device does not find it, nor its site or what runs on it") {
    Town town;
    component::Component secret = busybox("1");
    secret.name = "secret-sauce";
    const SetId shared = town.set({busybox("1.36"), busybox("1.37")}), own = town.set({secret});
    const DeviceId west =
        town.device(kWest, {{"serial", "GW-1"}, {"site", "Plant west"}, {"model", "gw-a"}}, shared);
    const DeviceId east = town.device(kEast, {{"serial", "GW-2"}, {"model", "gw-b"}}, own);
    CHECK(town.how("gw-", {kWest}) == "prefix serial 1");
    CHECK(town.how("gw-2", {kWest}) == "");
    CHECK(town.how(east.text(), {kWest}) == "");
    CHECK(town.how(west.text(), {kWest}) == "exact id 1");
    CHECK(town.find("gw-", {kWest}).device_count == 1);
    CHECK(town.values("gw-", {kWest}) == "model gw-a 1");
    CHECK(town.values("gw-") == "model gw-a 1, model gw-b 1");
    CHECK(town.values("plant", {kEast}) == "");
    CHECK(town.values("harbour", {kEast}) == "site Harbour east 1");
    CHECK(town.values("harbour", {kWest}) == "");

    const auto components = [&](std::string_view text, const Scope& scope) {
        std::optional<std::vector<bool>> sets;
        if (!scope.empty()) sets = town.live.sets_in(kTenant, scope);
        std::string words;
        for (const FoundComponent& found :
             town.software.search(kTenant, *search::Wanted::parse(text), sets, 10))
            words += found.name + " " + std::to_string(found.versions) + ";";
        return words;
    };
    CHECK(components("s", {}) == "secret-sauce 1;busybox 2;");
    CHECK(components("s", {kWest}) == "busybox 2;");
    CHECK(components("secret", {kWest}) == "");
    CHECK(components("secret", {kEast}) == "secret-sauce 1;");
}

TEST_CASE("a site is counted where devices have it, whoever said so, without retired ones") {
    Town town;
    town.device(kWest, {{"serial", "1"}, {"site", "Harbour east"}});
    town.device(kEast, {{"serial", "2"}});
    town.device(kEast, {{"serial", "3"}, {"site", "Hill"}});
    town.device(kEast, {{"serial", "4"}}, {}, device::Lifecycle::retired);
    CHECK(town.values("harbour") == "site Harbour east 2");
    CHECK(town.values("h") == "site Harbour east 2, site Hill 1");
    // A retired one is still found by its name.
    CHECK(town.how("4") == "exact serial 4");
}
