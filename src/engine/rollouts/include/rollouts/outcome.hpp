// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <map>

namespace oakum::rollouts {

// How a deployment counts in its rollout. none: it was taken back and left its wave, or is the way there of a
// device that was ordered back, whose way back counts in its place.
enum class Outcome : std::uint8_t { none, pending, verified, failed, rolled_back, silent };

// The devices of one rollout that were ordered back. Once all its deployments are known here, the counts of
// its waves come out of their outcomes.
class WaysBack {
  public:
    void note(const ports::DeploymentRow& row);
    Outcome outcome_of(const ports::DeploymentRow& row) const;

  private:
    struct Newest {
        base::TimePoint offered_at;
        ports::DeploymentId id;
    };
    std::map<ports::DeviceId, Newest> newest_;
};

} // namespace oakum::rollouts
