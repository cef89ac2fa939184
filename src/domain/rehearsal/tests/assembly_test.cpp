// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <rehearsal/synthetic.hpp>

#include <doctest/doctest.h>
#include <map>
#include <numeric>

using namespace oakum;
using namespace oakum::rehearsal;

namespace {

class TwoZones final : public schedule::Zones {
  public:
    std::shared_ptr<const schedule::ZoneRules> find(std::string_view name) override {
        if (name == "UTC") return utc_;
        return name == "Asia/Tokyo" ? tokyo_ : nullptr;
    }

  private:
    std::shared_ptr<const schedule::ZoneRules> utc_ = std::make_shared<schedule::ZoneRules>(schedule::utc());
    std::shared_ptr<const schedule::ZoneRules> tokyo_ =
        std::make_shared<schedule::ZoneRules>(schedule::ZoneRules{"Asia/Tokyo", 9 * 3'600, {}});
};

using Facts = std::map<std::string, std::string, std::less<>>;

struct Device final : device::DeviceView {
    explicit Device(Facts known) : facts(std::move(known)) {}
    Facts facts;
    std::optional<std::string_view> fact(std::string_view key) const override {
        const auto at = facts.find(key);
        return at == facts.end() ? std::nullopt : std::optional<std::string_view>(at->second);
    }
    std::optional<std::string> field(device::Field) const override { return std::nullopt; }
    device::Truth in_group(const device::Literal&) const override { return device::Truth::unknown; }
    device::Truth component(const device::Term&) const override { return device::Truth::unknown; }
    device::Truth finding(const device::Term&) const override { return device::Truth::unknown; }
};

Setting setting() {
    Setting setting;
    setting.plan = rollout::preset(rollout::Care::normal);
    setting.plan.name = "spring";
    setting.plan.release = rollout::ReleaseId(base::Id128{1, 1});
    setting.start = test::at("2026-11-02T09:00:00Z");
    return setting;
}

schedule::Rule nights() {
    schedule::Rule rule;
    rule.name = "nights";
    rule.times.push_back(schedule::Times::make(schedule::parse_local("2026-01-05T02:00").value(),
                                               std::chrono::hours(3),
                                               schedule::Recurrence::parse("FREQ=DAILY").value())
                             .value());
    return rule;
}

} // namespace

TEST_CASE("each device has its window on its own clock, and those without a known zone are counted") {
    TwoZones zones;
    Setting with = setting();
    with.rules = {nights()};
    Assembly assembly(with, zones);
    assembly.add(Device({{"model", "A"}, {"timezone", "UTC"}}), 1.0, 3);
    assembly.add(Device({{"model", "A"}, {"timezone", "Asia/Tokyo"}}), 1.0);
    assembly.add(Device({{"model", "A"}, {"timezone", "Mars/Olympus"}}), std::nullopt);
    CHECK(assembly.notes().zone_unknown == 1);
    CHECK(assembly.notes().without_points == 1);
    CHECK(assembly.notes().cadence_unknown == 5);
    const Scene scene = std::move(assembly).scene();
    REQUIRE(scene.size() == 5);
    const auto opens = [&](std::uint32_t device) {
        return scene.openings[scene.kind(device).openings].at_or_after(scene.start)->from;
    };
    CHECK(opens(0) == test::at("2026-11-03T02:00:00Z"));
    CHECK(opens(3) == test::at("2026-11-02T17:00:00Z"));
    CHECK(opens(4) == test::at("2026-11-03T02:00:00Z")); // the rule takes UTC for such
}

TEST_CASE("devices that are alike are one kind") {
    TwoZones zones;
    Assembly assembly(setting(), zones);
    for (int i = 0; i < 100; ++i)
        assembly.add(
            Device({{"model", i % 2 == 0 ? "A" : "B"}, {"cadence", "600"}, {"serial", std::to_string(i)}}),
            1.5);
    const Scene scene = std::move(assembly).scene();
    CHECK(scene.kinds.size() == 2);
    CHECK(scene.kinds[0].turn == 600);
    CHECK(scene.kinds[0].openings == 0);
    CHECK(scene.openings[0].always());
    CHECK(scene.models == std::vector<std::string>{"A", "B"});
}

TEST_CASE("an agent of another maker does not keep windows by itself") {
    TwoZones zones;
    Assembly assembly(setting(), zones);
    assembly.add(Device(Facts{{"protocol", "hawkbit"}}), 0);
    assembly.add(Device(Facts{{"protocol", "native"}}), 0);
    const Scene scene = std::move(assembly).scene();
    CHECK_FALSE(scene.kind(0).keeps);
    CHECK(scene.kind(1).keeps);
}

TEST_CASE("the groups of a budget are those of the server, and a share is of the devices that are here") {
    TwoZones zones;
    Setting with = setting();
    with.budgets.push_back({.name = "pairs",
                            .query = "",
                            .by = {"site"},
                            .limit = budget::Devices{1},
                            .yields_to = {},
                            .why = ""});
    with.budgets.push_back({.name = "tenth",
                            .query = "model = A",
                            .by = {},
                            .limit = budget::Percent{10},
                            .yields_to = {},
                            .why = ""});
    with.budgets.push_back({.name = "not urgent",
                            .query = "",
                            .by = {},
                            .limit = budget::Devices{0},
                            .yields_to = schedule::Priority::urgent,
                            .why = ""});
    with.priority = schedule::Priority::urgent;
    Assembly assembly(with, zones);
    for (int i = 0; i < 40; ++i)
        assembly.add(Device({{"model", i < 30 ? "A" : "B"}, {"site", "s" + std::to_string(i / 2)}}), 0);
    const Scene scene = std::move(assembly).scene();
    REQUIRE(scene.groups.size() == 21);
    CHECK(scene.kind(0).groups.size() == 2);
    CHECK(scene.kind(39).groups.size() == 1);
    CHECK(scene.groups[scene.kind(0).groups[0]].allowed == 1);
    CHECK(scene.groups[scene.kind(0).groups[1]].devices == 30);
    CHECK(scene.groups[scene.kind(0).groups[1]].allowed == 3);
}

TEST_CASE("what cannot be played is refused with the reason") {
    CHECK(check(setting()).ok());
    Setting wrong = setting();
    wrong.days = 0;
    CHECK(check(wrong).error().where == "days");
    wrong.days = 121;
    CHECK(check(wrong).error().where == "days");
    wrong = setting();
    wrong.offline = 0.95;
    CHECK(check(wrong).error().where == "offline");
    wrong.offline = std::numeric_limits<double>::quiet_NaN();
    CHECK(check(wrong).error().where == "offline");
    wrong = setting();
    wrong.turn = 0;
    CHECK(check(wrong).error().where == "poll");
    wrong = setting();
    wrong.plan.waves.clear();
    CHECK(check(wrong).error().where == "/waves");
    wrong = setting();
    wrong.days = 4'000'000'000;
    CHECK(check(wrong).error().where == "days");
}

TEST_CASE("a synthetic fleet has the shares that it states, and the same seed makes the same") {
    for (const auto portions :
         {synthetic_models(), synthetic_zones(), synthetic_cadences(), synthetic_agents()})
        CHECK(std::accumulate(
                  portions.begin(), portions.end(), 0U,
                  [](std::uint32_t sum, const Portion& portion) { return sum + portion.percent; }) == 100);
    TwoZones zones;
    const auto scene = [&](std::uint64_t seed) {
        Setting with = setting();
        with.budgets.push_back({.name = "sites",
                                .query = "",
                                .by = {"site"},
                                .limit = budget::Devices{1},
                                .yields_to = {},
                                .why = ""});
        Assembly assembly(with, zones);
        add_synthetic(assembly, 20'000, seed);
        return std::move(assembly).scene();
    };
    const Scene first = scene(1), again = scene(1), other = scene(2);
    REQUIRE(first.size() == 20'000);
    CHECK(first.kind_of == again.kind_of);
    CHECK(first.kind_of != other.kind_of);
    CHECK(first.groups.size() == 400); // fifty devices a site
    std::map<std::string, int> models;
    int hourly = 0, foreign = 0;
    for (std::uint32_t device = 0; device < first.size(); ++device) {
        ++models[first.models[first.kind(device).model]];
        hourly += first.kind(device).turn == 3'600 ? 1 : 0;
        foreign += first.kind(device).keeps ? 0 : 1;
    }
    CHECK(models["model A"] == doctest::Approx(10'000).epsilon(0.03));
    CHECK(models["model D"] == doctest::Approx(2'000).epsilon(0.07));
    CHECK(hourly == doctest::Approx(4'000).epsilon(0.05));
    CHECK(foreign == doctest::Approx(4'000).epsilon(0.05));
}
