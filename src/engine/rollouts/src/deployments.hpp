// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollouts/value.hpp>
#include <shard/transaction.hpp>

namespace oakum::rollouts {

// The other way round.
void write_back(const install::Deployment& value, ports::DeploymentRow& row);

// What the device runs: as its agent says it, and of a phone the level of its system.
std::string runs_now(const shard::Transaction& transaction, const ports::DeviceRow& device);

// The counts of a wave after one of its deployments went from one state to another.
void recount(rollout::Counts& counts, install::State before, install::State after);
// The same when a device whose deployment stood in `before` is ordered back, and while its way back goes on.
// All of it is counted where that deployment was: the device's facts may have changed since.
void recount_ordered_back(rollout::Counts& counts, install::State before, install::State ordered);
void recount_rollback(rollout::Counts& counts, install::State before, install::State after);

} // namespace oakum::rollouts
