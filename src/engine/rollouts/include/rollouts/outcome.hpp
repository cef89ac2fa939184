// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <vector>

namespace oakum::rollouts {

// How a deployment counts in its rollout. none: it was taken back and left its wave, or is the way there of a
// device that was ordered back, whose way back counts in its place.
enum class Outcome : std::uint8_t { none, pending, verified, failed, rolled_back, silent };

// Of all deployments of one rollout, in their order; the counts of its waves come out of these.
std::vector<Outcome> outcomes_of(const std::vector<ports::DeploymentRow>& rows);

} // namespace oakum::rollouts
