// SPDX-License-Identifier: Apache-2.0
#include <device/capability.hpp>
#include <device/inheritance.hpp>
#include <device/lifecycle.hpp>
#include <doctest/doctest.h>

#include <limits>

namespace {
using namespace oakum;
using device::Fact;
using device::FactSource;
using device::Lifecycle;
using device::LifecycleEvent;

device::GroupId group(std::uint64_t n) {
    return device::GroupId(base::Id128{1, n});
}
} // namespace

TEST_CASE("a device is quiet once it missed three of its turns, and not a second before") {
    CHECK(device::quiet_from(1'000, 60) == 1'181);
    CHECK(device::quiet_from(-50, 10) == -19);
    CHECK(device::quiet_from(0, 0) == 4);
    CHECK(device::quiet_from(0, std::numeric_limits<std::int64_t>::max()) == 3'000'000'001);
}

TEST_CASE("every lifecycle and event is listed once or refused in words") {
    for (int s = 0; s < 5; ++s)
        for (int e = 0; e < 5; ++e) {
            const auto state = static_cast<Lifecycle>(s);
            const auto event = static_cast<LifecycleEvent>(e);
            int lines = 0;
            for (const auto& line : device::lifecycle_table())
                lines += line.from == state && line.event == event;
            CHECK(lines <= 1);
            const auto to = device::step(state, event);
            CHECK(to.ok() == (lines == 1));
            if (!to.ok()) CHECK(to.error().kind == base::ErrorKind::conflict);
        }
    CHECK(*device::step(Lifecycle::retired, LifecycleEvent::heard) == Lifecycle::retired);
    CHECK(*device::step(Lifecycle::quiet, LifecycleEvent::heard) == Lifecycle::active);
    CHECK(*device::step(Lifecycle::pending, LifecycleEvent::heard) == Lifecycle::pending);
    CHECK(!device::step(Lifecycle::retired, LifecycleEvent::accepted).ok());
    // What was only seen is taken in by a person or enrols; it says nothing of itself before.
    CHECK(*device::step(Lifecycle::unmanaged, LifecycleEvent::accepted) == Lifecycle::active);
    CHECK(*device::step(Lifecycle::unmanaged, LifecycleEvent::enrolled) == Lifecycle::active);
    CHECK(!device::step(Lifecycle::unmanaged, LifecycleEvent::heard).ok());
}

TEST_CASE("words are read back as they are written") {
    for (int s = 0; s < 5; ++s)
        CHECK(*device::parse_lifecycle(device::to_string(static_cast<Lifecycle>(s))) ==
              static_cast<Lifecycle>(s));
    for (int s = 0; s < 5; ++s)
        CHECK(*device::parse_fact_source(device::to_string(static_cast<FactSource>(s))) ==
              static_cast<FactSource>(s));
    CHECK(!device::parse_lifecycle("gone").ok());
    CHECK(!device::parse_fact_source("").ok());
}

TEST_CASE("a higher source replaces a lower one, and of equals the newer") {
    const auto at = [](int ms) { return base::from_unix_ms(ms); };
    const Fact imported{"site", "A", FactSource::imported, "", at(5)};
    CHECK(device::replaces({"site", "B", FactSource::person, "", at(1)}, imported));
    CHECK_FALSE(device::replaces({"site", "B", FactSource::assumed, "", at(9)}, imported));
    CHECK(device::replaces({"site", "B", FactSource::imported, "", at(6)}, imported));
    CHECK_FALSE(device::replaces({"site", "B", FactSource::imported, "", at(4)}, imported));
}

TEST_CASE("a device inherits from its groups, the most specific wins, and the source is shown") {
    const std::vector<Fact> plant = {{"criticality", "high", FactSource::person, "", {}},
                                     {"owner", "ops", FactSource::person, "", {}},
                                     {"zone", "ot", FactSource::person, "", {}}};
    const std::vector<Fact> cameras = {{"criticality", "low", FactSource::person, "", {}}};
    const std::vector<Fact> own_group = {{"owner", "anna", FactSource::person, "", {}}};
    const std::vector<Fact> own = {{"zone", "dmz", FactSource::reported, "", {}},
                                   {"criticality", "medium", FactSource::assumed, "", {}}};
    const auto facts = device::effective_facts(own, {{group(1), "Plant", 1, plant},
                                                     {group(2), "Cameras of Plant", 2, cameras},
                                                     {group(3), "Mine", device::kOwnGroup, own_group}});
    REQUIRE(facts.size() == 3);
    CHECK(facts[0].key == "criticality"); // a group's word is above an assumption
    CHECK(facts[0].value == "low");
    CHECK(facts[0].source == FactSource::group);
    CHECK(facts[0].detail == "Cameras of Plant");
    CHECK(facts[1].value == "anna");
    CHECK(facts[1].detail == "Mine");
    CHECK(facts[2].value == "dmz");
    CHECK(facts[2].source == FactSource::reported);
}

TEST_CASE("of two groups that are equally specific the older one wins") {
    const std::vector<Fact> a = {{"zone", "a", FactSource::person, "", {}}};
    const std::vector<Fact> b = {{"zone", "b", FactSource::person, "", {}}};
    const auto facts = device::effective_facts({}, {{group(2), "B", 1, b}, {group(1), "A", 1, a}});
    CHECK(facts.at(0).value == "a");
}

TEST_CASE("what can be asked of a device is said for each capability, with a reason") {
    device::CapabilityBasis basis;
    const auto has = [&](device::Capability wanted) {
        for (const auto& answer : device::capabilities(basis)) {
            CHECK(!answer.reason.empty());
            if (answer.capability == wanted) return answer.has;
        }
        return false;
    };
    CHECK(device::capabilities(basis).size() == 11);
    CHECK_FALSE(has(device::Capability::exact_version));
    basis.protocol = "native";
    CHECK_FALSE(has(device::Capability::exact_version));
    basis.has_identity = true;
    CHECK(has(device::Capability::exact_version));
    CHECK(has(device::Capability::rollback));
    basis.slots = "1";
    CHECK_FALSE(has(device::Capability::rollback));
    basis.protocol = "apple_mdm";
    CHECK_FALSE(has(device::Capability::rollback));
    CHECK_FALSE(has(device::Capability::deferral));
    basis.supervised = true;
    CHECK(has(device::Capability::deferral));
}

TEST_CASE(
    "of a device that another system steers it is said whether the platform could, and who can set it") {
    device::CapabilityBasis basis;
    const auto reason = [&](device::Capability wanted) {
        for (const auto& answer : device::capabilities(basis))
            if (answer.capability == wanted) {
                CHECK_FALSE(answer.has);
                return std::string(answer.reason);
            }
        return std::string();
    };
    const auto says = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    using enum device::Capability;
    basis.protocol = "android_management";
    basis.platform = "android";
    CHECK(says(reason(freeze), "where an administrator lets it write"));
    CHECK(reason(exact_version) == "the maker decides which version the device is offered");
    basis.protocol = "intune";
    CHECK(says(reason(window), "Microsoft Intune steers it"));
    basis.platform = "ios";
    CHECK(says(reason(deadline), "Microsoft Intune steers it"));
    CHECK(reason(deferral) == "only supervised devices can defer updates");
    basis.supervised = true;
    CHECK(says(reason(deferral), "Microsoft Intune steers it"));
    CHECK(says(reason(rollback), "refuses older versions"));
    basis.platform = "windows";
    CHECK(says(reason(deadline), "Microsoft Intune steers it"));
}
