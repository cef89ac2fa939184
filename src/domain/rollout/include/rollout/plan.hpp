// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/id.hpp>
#include <base/time.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::rollout {

using RolloutId = base::Id<struct RolloutIdTag>;
using DeploymentId = base::Id<struct DeploymentIdTag>;
using ReleaseId = base::Id<struct ReleaseIdTag>;

enum class State : std::uint8_t {
    draft,
    awaiting_approval,
    scheduled,
    running,
    paused,
    settled,
    finished,
    halted,
    rolling_back,
    rolled_back,
    aborted
};
std::string_view to_string(State state);
base::Result<State> parse_state(std::string_view text);

// What happens after a wave that is too small to prove its release good enough.
enum class Unproven : std::uint8_t {
    ask, // a person opens the next wave
    open // it opens by itself when the wave's own devices are well, and says that nothing is proven
};
std::string_view to_string(Unproven unproven);
base::Result<Unproven> parse_unproven(std::string_view text);

// When a wave may hand over to the next, and when it stops the rollout. Rates are parts per million, counts
// devices. The evidence is that of the whole rollout so far (evidence.hpp), whenever it is looked at.
struct Gate {
    std::uint32_t minimum = 1; // verified needed before the next wave opens (or the whole wave, if smaller)
    std::uint32_t tolerated_failure_ppm = 50'000; // more failures than this halt it once they are shown;
                                                  // fewer let it go on once they are
    std::uint32_t halt_error_ppm = 10'000; // a release within the tolerated rate is halted at most so often
    std::uint32_t proceed_error_ppm = 50'000; // one beyond it goes on as proven at most so often
    std::uint32_t hard_stop = 0; // so many failures halt it whatever they show; 0: no such number
    Unproven unproven = Unproven::ask;
    base::Duration soak{}; // a wave waits that long after its last verification
    bool operator==(const Gate&) const = default;
};

// How fast a wave goes. Zero: no such limit.
struct Pace {
    std::uint32_t max_in_flight = 0; // at most so many of its devices have an update under way
    std::uint32_t per_minute = 0;    // at most so many of them begin in any 60 seconds
    // The rate doubles each time that so many minutes' worth of devices began at it, up to that one. What
    // counts is devices, not the time: a wave that waits for its window does not get faster meanwhile.
    std::uint32_t doubles_after_minutes = 0, up_to_per_minute = 0;
    bool operator==(const Pace&) const = default;
};

// A device is of the first wave that takes it.
struct Wave {
    std::string name;            // "canary"
    std::uint32_t share_ppm = 0; // of those whom the query selects, cumulative; 1'000'000 = all of them
    Gate gate;
    std::string query{}; // in the query language: "tag.ring = lab"; empty: every device of the rollout
    Pace pace{};
};

// What a person decides; immutable once started, except through commands that are recorded.
struct Plan {
    std::string name;
    ReleaseId release;
    std::string query; // who, in the query language; empty: every compatible device
    std::vector<Wave> waves;
    base::Duration soak{};         // health time of each device before it counts as verified
    base::Duration step_timeout{}; // a deployment that says nothing for that long is silent
    std::uint32_t max_attempts = 3;
    bool rollback_on_halt = false;         // server-ordered return of the devices already updated
    std::optional<base::TimePoint> starts; // by itself, once it may; nothing: a person starts it
};

// Sums over the fleet of one rollout's wave and stratum; changed in the transition's own transaction.
struct Counts {
    std::uint32_t started = 0; // offered and accepted into the wave
    std::uint32_t pending = 0; // started, no outcome yet
    std::uint32_t verified = 0;
    std::uint32_t failed = 0; // failed for good, attempts spent
    std::uint32_t rolled_back = 0;
    std::uint32_t silent = 0;
    base::TimePoint last_verified{}; // when the newest of the verified was; the epoch: none yet
    bool operator==(const Counts&) const = default;
};

} // namespace oakum::rollout
