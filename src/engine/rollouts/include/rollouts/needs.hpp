// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollouts/board.hpp>
#include <shard/control.hpp>

namespace oakum::rollouts {

// running_of(), for devices that have what the artifact of the release needs (fleet::needs_document): they
// alone are in scope. Errors: invalid.
base::Result<Running> running_with_needs(const shard::ControlTables& control, device::TenantId tenant,
                                         const ports::RolloutRow& rollout, const ports::ReleaseRow& release);

// Needs as a query for those that lack what is asked for or do not tell. Empty: none can name them.
std::string lacking(const device::Query& needs);

} // namespace oakum::rollouts
