// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/deployment.hpp>
#include <ports/rows.hpp>

namespace oakum::rollouts {

// Between the row that is stored and the value that the machine decides on.
install::Deployment value_of(const ports::DeploymentRow& row);
void write_back(const install::Deployment& value, ports::DeploymentRow& row);

// The counts of a wave after one of its deployments went from one state to another; nothing for rollbacks.
void recount(rollout::Counts& counts, install::State before, install::State after);
// A rollback that was ordered ended: the device leaves the verified ones.
void recount_rollback(rollout::Counts& counts, install::State after);

} // namespace oakum::rollouts
