// SPDX-License-Identifier: Apache-2.0
#include <device/replacement.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using device::Fact;
using device::FactSource;
using device::Lifecycle;
using device::Unit;

namespace {

const base::TimePoint kThen = base::from_unix_ms(60'000), kNow = base::from_unix_ms(600'000);

Fact fact(std::string key, std::string value, FactSource source = FactSource::person,
          std::string detail = "bert") {
    return {std::move(key), std::move(value), source, std::move(detail), kThen};
}

} // namespace

TEST_CASE("what says something of the place passes on; what the unit is, or says of itself, does not") {
    for (const char* key : {"name", "owner", "criticality", "exposure", "safety_critical", "site", "zone",
                            "timezone", "cadence", "unattended", "tag.ring", "x.rack"})
        CHECK_MESSAGE(device::belongs_to_place(fact(key, "v")), key);
    for (const char* key : {"serial", "model", "manufacturer", "kind", "platform", "firmware_version",
                            "os_version", "patch_level", "hw_revision", "kernel", "address", "protocol",
                            "support_end", "x.cpe", "x.hardware_cpe", "x.replaces", "x.replaced_by"})
        CHECK_MESSAGE(!device::belongs_to_place(fact(key, "v")), key);
    CHECK(device::belongs_to_place(fact("site", "Porto", FactSource::imported)));
    CHECK_FALSE(device::belongs_to_place(fact("site", "Porto", FactSource::reported)));
    // A file's own columns are about the unit in its line.
    CHECK_FALSE(device::belongs_to_place(fact("x.mac", "aa:bb", FactSource::imported)));
}

TEST_CASE("facts pass on with their source, and over what the new unit says of itself as a person's word") {
    const std::vector<Fact> old{fact("criticality", "high"), fact("model", "AC-1"),
                                fact("name", "gate camera", FactSource::imported, "fleet.csv"),
                                fact("owner", "line 3"), fact("tag.ring", "1")};
    const std::vector<Fact> fresh{fact("name", "cam-77", FactSource::reported, ""), fact("owner", "line 3"),
                                  fact("tag.ring", "9"), fact("tag.spare", "yes")};
    const auto changes = device::passed_on(old, fresh, "anna", kNow);
    REQUIRE(changes.size() == 3);
    CHECK(changes[0].first == Fact{"criticality", "", FactSource::reported, "", {}});
    CHECK(changes[0].second == Fact{"criticality", "high", FactSource::person, "bert", kNow});
    CHECK(changes[1].first.value == "cam-77");
    CHECK(changes[1].second == Fact{"name", "gate camera", FactSource::person, "anna", kNow});
    CHECK(changes[2].first.value == "9");
    CHECK(changes[2].second == Fact{"tag.ring", "1", FactSource::person, "bert", kNow});
}

TEST_CASE("a unit takes a place once, and only when it is managed itself") {
    const std::vector<Fact> none, elsewhere{fact("x.replaced_by", "C")}, here{fact("x.replaced_by", "B")},
        taken{fact("x.replaces", "C")};
    const Unit old{"A", Lifecycle::quiet, none}, fresh{"B", Lifecycle::active, none};
    CHECK(device::may_replace(old, fresh).ok());
    CHECK(device::may_replace({"A", Lifecycle::retired, none}, fresh).ok());
    CHECK(device::may_replace(old, {"B", Lifecycle::pending, none}).ok());
    CHECK(device::may_replace({"A", Lifecycle::active, here}, fresh)
              .ok()); // a replacement that broke off goes on
    for (const auto& [from, to] : {std::pair(old, Unit{"A", Lifecycle::active, none}),
                                   std::pair(old, Unit{"B", Lifecycle::retired, none}),
                                   std::pair(old, Unit{"B", Lifecycle::unmanaged, none}),
                                   std::pair(Unit{"A", Lifecycle::unmanaged, none}, fresh),
                                   std::pair(Unit{"A", Lifecycle::retired, elsewhere}, fresh),
                                   std::pair(old, Unit{"B", Lifecycle::active, taken})})
        CHECK(device::may_replace(from, to).error().kind == base::ErrorKind::conflict);
}
