// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/compare.hpp>
#include <fleet/core.hpp>

#include <functional>
#include <vector>

// What is wrong by what the store and the live fleet hold. Each reads only; any thread.
namespace oakum::alarms {

// All of the tenant that a query holds for, which is one that can be read.
fleet::Selection select(device::TenantId tenant, std::string_view query);

std::vector<alarm::Held> held(const shard::ControlTables& control, device::TenantId tenant);

std::vector<alarm::Cause> stale_feeds(const shard::ControlTables& control, device::TenantId tenant,
                                      base::TimePoint now);
// Sources that are switched on and have failed for a day, or sent what was refused.
std::vector<alarm::Cause> failing_sources(const shard::ControlTables& control, device::TenantId tenant,
                                          base::TimePoint now);
std::vector<alarm::Cause> damaged_artifacts(const shard::ControlTables& control, device::TenantId tenant);
// Since when a running rollout's gate holds for nothing else than a person who opens the next wave; nothing:
// it does not.
using AsksSince = std::function<std::optional<base::TimePoint>(device::TenantId, const ports::RolloutRow&)>;
// Blocking: when a rollout was paused stands in its decisions.
std::vector<alarm::Cause> waiting_rollouts(fleet::Core& core, device::TenantId tenant, base::TimePoint now,
                                           const AsksSince& asks);
std::vector<alarm::Cause> copied_identities(fleet::Core& core, device::TenantId tenant);
std::vector<alarm::SiteCount> quiet_sites(const fleet::LiveFleet& fleet, device::TenantId tenant);
std::vector<alarm::Cause> failing_channels(const shard::ControlTables& control, device::TenantId tenant,
                                           base::TimePoint now);
std::vector<alarm::Cause> broken_glass(const shard::ControlTables& control, device::TenantId tenant);
// Those in force whose end is near, as one.
std::vector<alarm::Cause> ending_exceptions(const shard::ControlTables& control, device::TenantId tenant,
                                            base::TimePoint now);
// Devices that refused what somebody tried on them, as one.
std::vector<alarm::Cause> attacked_devices(const fleet::LiveFleet& fleet, device::TenantId tenant);
// When its first person was there; what set-up asks for is no alarm on the first day.
bool is_new(const shard::ControlTables& control, device::TenantId tenant, base::TimePoint now);

} // namespace oakum::alarms
