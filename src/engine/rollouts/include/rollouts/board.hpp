// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/query.hpp>
#include <fleet/live_fleet.hpp>
#include <ports/rows.hpp>
#include <version/version.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace oakum::rollouts {

// One rollout as polls see it.
struct Running {
    device::TenantId tenant;
    ports::RolloutId id;
    std::uint64_t key0 = 0, key1 = 0;
    std::uint32_t open_share_ppm = 0; // places below it are in an open wave
    device::Query query;
    ports::ReleaseId release;
    std::string version;
    std::vector<std::string> models, hw_revisions;
    std::optional<version::Version> min_from;
};

// The running rollouts of all tenants, newest first. Immutable; swapped whole when one changes.
struct Board {
    std::vector<Running> running;
};

// Errors: invalid (the stored query or version cannot be read; the rollout then offers nothing).
base::Result<Running> running_of(device::TenantId tenant, const ports::RolloutRow& rollout,
                                 const ports::ReleaseRow& release);

// The rollout that offers this device something now, or nothing. Allocates nothing worth naming: it runs in
// each poll.
const Running* offered(const Board& board, const fleet::Glance& device);

} // namespace oakum::rollouts
