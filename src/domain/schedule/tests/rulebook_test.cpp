// SPDX-License-Identifier: Apache-2.0
#include "berlin.hpp"
#include "fake_zones.hpp"

#include <schedule/rulebook.hpp>

#include <doctest/doctest.h>
#include <map>

using namespace oakum;
using namespace oakum::schedule;
using test::FakeZones;

namespace {

struct Device final : device::DeviceView {
    std::map<std::string, std::string, std::less<>> facts;
    std::optional<std::string_view> fact(std::string_view key) const override {
        const auto at = facts.find(key);
        return at == facts.end() ? std::nullopt : std::optional<std::string_view>(at->second);
    }
    std::optional<std::string> field(device::Field) const override { return std::nullopt; }
    device::Truth in_group(const device::Literal&) const override { return device::Truth::no; }
    device::Truth component(const device::Term&) const override { return device::Truth::unknown; }
    device::Truth finding(const device::Term&) const override { return device::Truth::unknown; }
};

Rule rule(Kind kind, std::string query) {
    Rule made;
    made.kind = kind;
    made.name = "r";
    made.query = std::move(query);
    return made;
}

} // namespace

TEST_CASE("a window that is perhaps for a device shuts it, and opens nothing where it has one of its own") {
    FakeZones zones;
    const Rulebook book({rule(Kind::window, "site = Kiel"), rule(Kind::window, "owner = anna")}, zones);
    Device device;
    CHECK(book.bound(device, Priority::normal) == 3);
    device.facts["site"] = "Kiel";
    CHECK(book.bound(device, Priority::normal) == 1);
    device.facts["site"] = "Bonn";
    CHECK(book.bound(device, Priority::normal) == 2);
    device.facts["owner"] = "otto";
    CHECK(book.bound(device, Priority::normal) == 0);
}

TEST_CASE("a freeze is not missed for lack of a fact, nor for a query that cannot be read") {
    FakeZones zones;
    const Rulebook book({rule(Kind::freeze, "site = Kiel"), rule(Kind::freeze, "no such (")}, zones);
    CHECK(book.bound(Device(), Priority::normal) == 3);
}

TEST_CASE("a rule that yields does not bind what is urgent") {
    FakeZones zones;
    Rule yields = rule(Kind::freeze, "");
    yields.yields_to = Priority::urgent;
    const Rulebook book({yields}, zones);
    CHECK(book.bound(Device(), Priority::normal) == 1);
    CHECK(book.bound(Device(), Priority::urgent) == 0);
}

TEST_CASE("a rule is read by its own clock, else the device's, else the one that it names for such") {
    FakeZones zones;
    Rule own = rule(Kind::window, "");
    own.zone = "Europe/Berlin";
    Rule devices = rule(Kind::window, "");
    devices.zone_if_unknown = "Europe/Berlin";
    Rule shut = rule(Kind::window, "");
    shut.zone_if_unknown.clear();
    Rule lost = rule(Kind::freeze, "");
    lost.zone = "Nowhere/Lost";
    const Rulebook book({own, devices, shut, lost}, zones);
    const auto without = book.with_clocks(15, nullptr);
    REQUIRE(without.size() == 4);
    CHECK(without[0].zone->name == "Europe/Berlin");
    CHECK(without[1].zone->name == "Europe/Berlin");
    CHECK(without[2].zone == nullptr);
    CHECK(without[3].zone == &utc());
    const auto there = book.with_clocks(2, &utc());
    REQUIRE(there.size() == 1);
    CHECK(there[0].rule->zone_if_unknown == "Europe/Berlin");
    CHECK(there[0].zone == &utc());
}
