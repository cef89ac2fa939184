// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <fleet/core.hpp>
#include <rollout/pace.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oakum::rollouts {

// How fast waves go that have a pace. How many are under way is counted from committed rows, with the offers
// that are decided and not durable yet; when devices began is known of this life of the server, and after a
// start nothing begins at a rate for a minute: so no limit is exceeded whenever it was killed, and none can
// drift. `keep`, `take` and `decided` on the writer's thread, all else on any.
class Paces {
  public:
    using Wave = std::tuple<device::TenantId, ports::RolloutId, std::uint32_t>;

    explicit Paces(fleet::Core& core) : core_(core) {}
    // The server began: what is running began before.
    void start();
    // Rollouts that are over are forgotten.
    void forget_over();

    // What it says of one more device of the wave; nothing: it may begin. Allocates nothing.
    std::optional<rollout::Slowed> slowed(const Wave& wave, const rollout::Pace& pace) const;
    // How many more may begin now; nothing: no limit.
    std::optional<std::uint64_t> room(const Wave& wave, const rollout::Pace& pace) const;
    // When that second of this class's clock is.
    base::TimePoint time_of(std::int64_t second) const;

    // An offer is decided, whether it had to ask or not; until `decided`, which follows its commit or its
    // failure, it counts as under way.
    void take(const Wave& wave, ports::DeploymentId offer);
    void decided(ports::DeploymentId offer);

  private:
    // Calls `ask(started, under way, begun)` with what is known of the wave.
    template <class Ask> auto ask(const Wave& wave, Ask ask) const;
    struct Kept {
        rollout::Begun begun;
        std::set<ports::DeploymentId> undecided;
    };
    std::int64_t now() const;

    fleet::Core& core_;
    mutable base::SharedMutex mutex_;
    std::map<Wave, Kept> waves_ GUARDED_BY(mutex_);                 // of those that something was taken of
    std::map<ports::DeploymentId, Wave> offers_ GUARDED_BY(mutex_); // undecided
    // The seconds before which nothing begins, of rollouts that were there when the server began.
    std::map<std::pair<device::TenantId, ports::RolloutId>, std::int64_t> before_ GUARDED_BY(mutex_);
};

} // namespace oakum::rollouts
