// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollouts/board.hpp>
#include <shard/control.hpp>

namespace oakum::rollouts {

// The document that says which level of its system a phone is to be brought to by a release: a floor, as it
// was set. There is none of releases that are installed by an agent.
inline std::string level_document(ports::ReleaseId release) {
    return "level/" + release.text();
}
std::optional<floor::Policy> level_of(const shard::ControlTables& control, device::TenantId tenant,
                                      ports::ReleaseId release);

// running_of(), with the level of the release, for devices that have what its artifact needs
// (fleet::needs_document): they alone are in scope. Errors: invalid.
base::Result<Running> running_with_needs(const shard::ControlTables& control, device::TenantId tenant,
                                         const ports::RolloutRow& rollout, const ports::ReleaseRow& release,
                                         std::shared_ptr<const Steered> steered);

// Needs as a query for those that lack what is asked for or do not tell. Empty: none can name them.
std::string lacking(const device::Query& needs);

} // namespace oakum::rollouts
