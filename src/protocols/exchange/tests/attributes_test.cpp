// SPDX-License-Identifier: Apache-2.0
#include <exchange/attributes.hpp>

#include <device/attributes.hpp>

#include <doctest/doctest.h>

using namespace oakum::exchange;
using Map = std::map<std::string, std::string>;

TEST_CASE("attributes keep their names under x., and those that mean a fact of ours are that fact too") {
    CHECK(facts_of({{"Device Type", "gw"}, {"version", "1.2"}}) ==
          Map{{"x.device_type", "gw"}, {"model", "gw"}, {"x.version", "1.2"}, {"firmware_version", "1.2"}});
    CHECK(facts_of({{"hwRevision", "b"}, {"hw_revision", "c"}}) ==
          Map{{"x.hwrevision", "b"}, {"x.hw_revision", "c"}, {"hw_revision", "c"}});
}

TEST_CASE("of several names for what runs the more exact one counts") {
    const Map facts =
        facts_of({{"version", "app 7"}, {"firmware_version", "2.0"}, {"artifact_name", "rel-2"}});
    CHECK(facts.at("firmware_version") == "2.0");
    CHECK(facts_of({{"version", "7"}, {"artifact_name", "rel-2"}}).at("firmware_version") == "rel-2");
}

TEST_CASE("what names a device here is not changed by what it calls itself") {
    const Map facts =
        facts_of({{"serial", "other"}, {"owner", "me"}, {"criticality", "low"}, {"site", "Kiel"}});
    CHECK(facts ==
          Map{{"x.serial", "other"}, {"x.owner", "me"}, {"x.criticality", "low"}, {"x.site", "Kiel"}});
}

TEST_CASE("control characters, broken text and empty values do not become facts") {
    CHECK(facts_of({{"a", "one\ntwo"}, {"b", "\xff"}, {"c", ""}}) == Map{{"x.a", "one two"}});
    CHECK(facts_of({{"long", std::string(5000, 'x')}}).at("x.long").size() == 2048);
    CHECK(oakum::device::attribute_key(std::string(200, 'K')).size() <= 64);
}

TEST_CASE("what its files provide is told once, and forgotten when they provide it no longer") {
    using oakum::device::Fact;
    const Map provides{{"rootfs-image.version", "v7"}, {"artifact_group", "line-a"}};
    const auto first = newly_provided({}, provides);
    CHECK(first.facts ==
          Map{{"x.provides.artifact_group", "line-a"}, {"x.provides.rootfs-image.version", "v7"}});
    std::vector<Fact> held;
    for (const auto& [key, value] : first.facts)
        held.push_back({key, value, oakum::device::FactSource::reported, {}, {}});
    CHECK_FALSE(newly_provided(held, provides).is_news());
    const auto later = newly_provided(held, {{"rootfs-image.version", "v8"}});
    CHECK(later.facts == Map{{"x.provides.rootfs-image.version", "v8"}});
    CHECK(later.forget == std::vector<std::string>{"x.provides.artifact_group"});
    // Neither they nor the identity are attributes that a list without them takes away.
    held.push_back({"x.identity.mac", "02:00", oakum::device::FactSource::reported, {}, {}});
    held.push_back({"x.kept", "no", oakum::device::FactSource::reported, {}, {}});
    CHECK(no_longer_said(held, {}) == std::vector<std::string>{"x.kept"});
}
