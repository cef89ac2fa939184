// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../fleet/tests/house.hpp"

#include <rollouts/board.hpp>

#include <random>

namespace oakum::rollouts::test {

using fleet::test::kTenant;
inline const device::TenantId kOther(7);

// Devices and rollouts made up at random from few words, so that they meet often.
struct Fleet {
    shard::ControlTables control;
    fleet::Software software;
    shard::test::Clock clock;
    fleet::LiveFleet live{software, control, clock};
    std::mt19937_64 random{20261125};
    std::vector<shard::DeviceKey> devices;

    std::uint64_t below(std::uint64_t limit) { return random() % limit; }
    std::string one_of(std::initializer_list<const char*> words) {
        return *(words.begin() + below(words.size()));
    }
    template <class Id> Id id() { return Id(base::Id128{random(), random()}); }

    void fact(shard::DeviceKey key, std::string name, std::string value) {
        live.apply(
            shard::place_of(key.tenant, key.device),
            ports::Row(ports::FactRow{
                key.device, {std::move(name), std::move(value), device::FactSource::reported, "", {}}}));
    }
    void group(std::string name, std::string query, std::vector<device::Fact> defaults) {
        ports::GroupRow row;
        row.id = ports::GroupId(base::Id128{1, std::hash<std::string>{}(name)});
        row.name = std::move(name);
        row.query = std::move(query);
        row.defaults = std::move(defaults);
        control.apply(shard::control_of(kTenant), ports::Row(row));
        live.apply(shard::control_of(kTenant), ports::Row(row));
    }
    void add_device(const std::vector<Running>& rollouts) {
        const shard::DeviceKey key{below(8) == 0 ? kOther : kTenant, id<device::DeviceId>()};
        put(key, rollouts);
        devices.push_back(key);
    }
    // A device as it might be, whatever it was before.
    void put(shard::DeviceKey key, const std::vector<Running>& rollouts) {
        ports::DeviceRow row;
        row.id = key.device;
        row.lifecycle = below(10) == 0 ? device::Lifecycle::quiet : device::Lifecycle::active;
        row.hold = below(20) == 0;
        row.revoked = below(20) == 0;
        if (below(8) != 0) row.certificate_serial = "1";
        row.running_version = one_of({"", "1.0", "1.5", "2.0", "3.0", "odd!"});
        if (below(4) == 0) row.desired_rollout = rollouts[below(rollouts.size())].id;
        live.apply(shard::place_of(key.tenant, key.device), ports::Row(row));
        if (below(12) != 0) fact(key, "model", one_of({"A", "B", "C", "a"}));
        if (below(5) != 0) fact(key, "site", one_of({"Kiel", "KIEL", "Ulm", "Bonn"}));
        if (below(5) != 0) fact(key, "zone", one_of({"dmz", "plant", "office"}));
        if (below(5) != 0) fact(key, "criticality", one_of({"low", "High", "critical"}));
        if (below(5) != 0) fact(key, "hw_revision", one_of({"r1", "r2"}));
        if (below(5) != 0) fact(key, "x.ring", one_of({"1", "2", "two"}));
    }
    std::string term() {
        return one_of({"site = Kiel", "site = \"ulm\"", "site in (kiel, BONN)", "site = K*", "site != Kiel",
                       "zone = dmz", "zone in (dmz, DMZ, plant)", "criticality = high", "criticality >= high",
                       "model = a", "model = B", "x.ring = 2", "exists(zone)", "hw_revision = r1",
                       "group = staff", "running_version = 1.0", "owner = anna"});
    }
    std::string query(int depth = 0) {
        if (depth == 3 || below(3) == 0) return depth == 0 && below(6) == 0 ? "" : term();
        if (below(6) == 0) return "not (" + query(depth + 1) + ")";
        const std::string joined = below(4) == 0 ? " or " : " and ";
        return "(" + query(depth + 1) + joined + query(depth + 1) + ")";
    }
    Running rollout() {
        ports::ReleaseRow release;
        release.id = id<ports::ReleaseId>();
        release.version = one_of({"2.0", "3.0"});
        release.models = {one_of({"A", "B", "C"})};
        if (below(3) == 0) release.models.push_back(one_of({"A", "B"}));
        if (below(4) == 0) release.hw_revisions = {one_of({"r1", "r2"})};
        if (below(4) == 0) release.min_from = "1.5";
        ports::RolloutRow row;
        row.id = id<ports::RolloutId>();
        row.key0 = random();
        row.key1 = random();
        row.plan.query = query();
        row.plan.waves = {{"none", 1, {}}, {"half", 500'000, {}}, {"most", 900'000, {}}};
        if (below(3) != 0) row.plan.waves.push_back({"all", 1'000'000, {}});
        // Some choose whom their first waves take, some the last one.
        if (below(3) == 0) row.plan.waves.insert(row.plan.waves.begin(), {"few", 300'000, {}, term()});
        if (below(3) == 0) row.plan.waves.insert(row.plan.waves.begin(), {"first", 1'000'000, {}, term()});
        if (below(6) == 0) row.plan.waves.back().query = query();
        row.open_wave = static_cast<std::uint32_t>(below(row.plan.waves.size()));
        return running_of(below(8) == 0 ? kOther : kTenant, row, release).value();
    }
};

} // namespace oakum::rollouts::test
