// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/state.hpp>
#include <rollout/plan.hpp>

namespace oakum::rollout {

// How a deployment counts in its rollout. none: it was taken back and left its wave, or is the way there of a
// device that was ordered back, whose way back counts in its place.
enum class Outcome : std::uint8_t { none, pending, verified, failed, rolled_back, silent };
// Of a device on its way to the release.
Outcome outcome_of(install::State state);
// Of one that was ordered back: it stays in its wave whatever becomes of that.
Outcome outcome_of_way_back(install::State state);

// The counts of a wave after one of its deployments went from one state to another.
void recount(Counts& counts, install::State before, install::State after);
// The same when a device whose deployment stood in `before` is ordered back, and while its way back goes on.
// All of it is counted where that deployment was: the device's facts may have changed since.
void recount_ordered_back(Counts& counts, install::State before, install::State ordered);
void recount_rollback(Counts& counts, install::State before, install::State after);

} // namespace oakum::rollout
