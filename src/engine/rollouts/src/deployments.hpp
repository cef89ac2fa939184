// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollouts/value.hpp>
#include <shard/transaction.hpp>

namespace oakum::rollouts {

// The other way round.
void write_back(const install::Deployment& value, ports::DeploymentRow& row);

// What the device runs: as its agent says it, and of a phone the level of its system.
std::string runs_now(const shard::Transaction& transaction, const ports::DeviceRow& device);

} // namespace oakum::rollouts
