// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>
#include <rollout/recount.hpp>

#include <map>

namespace oakum::rollouts {

using rollout::Outcome;

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
