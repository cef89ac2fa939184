// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollouts/value.hpp>
#include <shard/transaction.hpp>

namespace oakum::rollouts {

// The other way round.
void write_back(const install::Deployment& value, ports::DeploymentRow& row);

// What the device runs: as its agent says it, and of a phone the level of its system.
std::string runs_now(const shard::Transaction& transaction, const ports::DeviceRow& device);

// Its current deployment has not ended; one that ended stays the current one, so that queries find it.
bool busy(const shard::Transaction& transaction, const ports::DeviceRow& device);

// What the change feed tells of a deployment: a JSON object.
std::string summary_of(const ports::DeploymentRow& row);

} // namespace oakum::rollouts
