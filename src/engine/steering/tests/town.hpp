// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../connectors/tests/sync_world.hpp"

#include <steering/steering.hpp>

namespace oakum::steering::test {

using namespace std::chrono_literals;
using connectors::Connectors;
using fleet::test::kTenant;
using install::State;

inline constexpr rollout::Gate kEasy{
    .minimum = 1, .tolerated_failure_ppm = 900'000, .unproven = rollout::Unproven::open, .soak = {}};

// A server with an enterprise of phones and with rollouts; one thread, virtual time.
struct Town : connectors::test::SyncWorld {
    shard::Timers timers{executor, clock};
    rollouts::Rollouts rollouts{core, timers, dice, rollouts::Approval::not_required, log};
    steering::Steering steering{core, rollouts, nullptr, log};
    fleet::Polling asked{core, rollouts, dice};

    Town() {
        sync.steer_with(steering);
        steering.start();
        rollouts.start();
        connectors::ConnectorPatch patch = fresh();
        patch.kind = connector::Kind::android_management;
        patch.steers = true;
        patch.enabled = true;
        REQUIRE(set("droids", patch).ok());
    }
    void reads_only() {
        connectors::ConnectorPatch patch;
        patch.steers = false;
        REQUIRE(set("droids", patch).ok());
    }
    // What the enterprise says of a phone from now on; it spoke to it now.
    connector::ManagedDevice& phone(const std::string& id, const std::string& level = "2026-06-05") {
        auto& all = script.pages[""].devices;
        auto at = std::ranges::find(all, id, &connector::ManagedDevice::id);
        if (at == all.end()) {
            connector::ManagedDevice made;
            made.id = id;
            made.facts = {{"x.amapi_device", id},    {"serial", "S" + id}, {"platform", "android"},
                          {"os_version", "16"},      {"model", "Pixel 8"}, {"x.ownership", "company"},
                          {"manufacturer", "Google"}};
            script.policies[id] = "default";
            all.push_back(std::move(made));
            at = all.end() - 1;
        }
        at->facts["patch_level"] = level;
        speaks(*at);
        return *at;
    }
    void speaks(connector::ManagedDevice& its) {
        its.told = clock.now();
        its.facts["x.policy"] = its.facts["x.applied_policy"] = script.policies[its.id];
    }
    void all_speak() {
        for (connector::ManagedDevice& each : script.pages[""].devices)
            speaks(each);
    }
    std::string read() { return sync_now("droids"); }
    floor::Policy level(const std::string& patch_level = "2026-08-05") {
        floor::Policy policy;
        policy.name = "droids";
        policy.platform = "android";
        policy.patch_level = patch_level;
        return policy;
    }
    ports::ReleaseId make_level() {
        const auto made =
            result<ports::ReleaseId>([&](auto reply) { rollouts.create_level(admin, level(), reply); });
        REQUIRE(made.ok());
        return *made;
    }
    ports::RolloutId start(std::vector<std::pair<std::uint32_t, rollout::Gate>> waves = {{100, kEasy}},
                           base::Duration soak = {}, ports::ReleaseId release = {}) {
        rollout::Plan plan;
        plan.name = "august";
        plan.release = release.is_zero() ? make_level() : release;
        plan.soak = soak;
        plan.step_timeout = 7 * 24h;
        for (const auto& [percent, gate] : waves)
            plan.waves.push_back({"wave " + std::to_string(percent), percent * 10'000, gate});
        const auto id = result<ports::RolloutId>(
            [&](auto reply) { rollouts.create(admin, plan, schedule::Priority::normal, reply); });
        REQUIRE(id.ok());
        REQUIRE(act(*id, rollout::Event::start).ok());
        return *id;
    }
    base::Status act(ports::RolloutId id, rollout::Event event) {
        return status([&](auto reply) { rollouts.act(admin, id, event, "test", reply); });
    }
    rollout::Counts totals(ports::RolloutId id) {
        rollout::Counts sum;
        for (const auto& [key, counts] : rollouts.counts(kTenant, id))
            sum = sum + counts;
        return sum;
    }
    ports::RolloutRow row(ports::RolloutId id) { return *control.find<ports::RolloutRow>(kTenant, id); }
    device::DeviceId device(const std::string& id) {
        const auto found = live.by_serial(kTenant, "S" + id);
        REQUIRE(found);
        return *found;
    }
    std::optional<ports::DeploymentRow> deployment(const std::string& id) {
        const auto held = live.device({kTenant, device(id)});
        if (!held || held->deployment.is_zero()) return std::nullopt;
        return live.deployment({kTenant, device(id)}, held->deployment);
    }
    State state(const std::string& id) {
        const auto held = deployment(id);
        REQUIRE(held);
        return held->state;
    }
    std::string fact(const std::string& id, std::string_view key) {
        const auto held = live.fact({kTenant, device(id)}, key);
        return held ? held->value : std::string();
    }
    std::map<std::string, std::uint64_t> blocked(ports::RolloutId id) {
        std::map<std::string, std::uint64_t> found;
        for (const rollout::BlockedDevices& each : rollouts.reach(kTenant, row(id)).blocked)
            found[rollout::in_words(each)] += each.devices;
        return found;
    }
    std::vector<ports::AuditRow> audited(const std::string& action) {
        std::vector<ports::AuditRow> rows = history.audit(kTenant, 0, 1'000).value();
        std::erase_if(rows, [&](const ports::AuditRow& row) { return row.action != action; });
        return rows;
    }
};

} // namespace oakum::steering::test
