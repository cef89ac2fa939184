// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/cause.hpp>
#include <fleet/core.hpp>
#include <floors/floors.hpp>

#include <vector>

// Policies that do nothing, or are not kept. Each reads only; any thread.
namespace oakum::alarms {

// Windows, freezes, budgets and floors that are for no device that is here, and windows that never open
// again. In a fleet without devices none of them is wrong.
std::vector<alarm::Cause> idle_policies(const fleet::Core& core, device::TenantId tenant);

// Floors that phones are past their day for. Looks at every phone, at most each floors::Floors::kKept.
std::vector<alarm::Cause> missed_floors(const floors::Floors& floors, device::TenantId tenant);
// One of them, of a floor as its devices stand to it; nothing: nobody is past its day.
std::optional<alarm::Cause> missed(const floors::View& view);

} // namespace oakum::alarms
