// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shard/ids.hpp>
#include <shard/keyed.hpp>

#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace oakum::shard {

// The newest values of rows that are not durable yet. Four stand above each other: the command being decided,
// the open batch, the batch being committed, and below them what is committed.
struct Overlay {
    using GateKey = std::tuple<Place, ports::RolloutId, std::uint32_t, std::string>;
    Tables control;
    std::unordered_map<DeviceKey, ports::DeviceRow> devices;
    std::map<std::pair<DeviceKey, std::string>, device::Fact> facts; // an empty value: deleted
    std::map<std::pair<DeviceKey, ports::DeploymentId>, ports::DeploymentRow> deployments;
    std::map<GateKey, rollout::Counts> gates;

    void put(Place place, const ports::Row& row);
    // Everything of `newer` replaces what is here.
    void absorb(Overlay&& newer);
    void clear() { *this = Overlay(); }
};

} // namespace oakum::shard
