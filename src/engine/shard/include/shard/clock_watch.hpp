// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/clock.hpp>

#include <atomic>
#include <optional>
#include <string>

namespace oakum::shard {

// Notices a wall clock that jumps against the monotonic one by more than five minutes (design 4). From then
// on nothing is signed and no wave is opened: what rests on a wrong time would expire or begin wrongly. A
// clock that is set right slowly does not matter. `look` on one thread, the rest on any.
class ClockWatch {
  public:
    static constexpr base::Duration kJump = std::chrono::minutes(5);

    explicit ClockWatch(ports::Clock& clock) : clock_(clock), wall_(clock.now()), steady_(clock.steady()) {}
    // Each second or so. True when it jumped since the last look.
    bool look();
    // A sentence once it has jumped, until the process ends.
    std::optional<std::string> warning() const;

  private:
    ports::Clock& clock_;
    base::TimePoint wall_;
    base::Duration steady_;
    std::atomic<std::int64_t> jumped_by_seconds_{0};
    std::atomic<std::int64_t> jumped_at_{0};
};

} // namespace oakum::shard
