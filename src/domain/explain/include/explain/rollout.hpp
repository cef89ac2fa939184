// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <explain/explanation.hpp>
#include <rollout/blocked.hpp>
#include <rollout/gate.hpp>

namespace oakum::explain {

// A rollout as it stands.
struct RolloutFacts {
    std::string name, release;
    rollout::State state = rollout::State::draft;
    std::string state_reason, created_by, approved_by;
    std::vector<rollout::Wave> waves;
    std::uint32_t open_wave = 0;
    std::optional<base::TimePoint> starts; // by itself
    std::optional<base::TimePoint> started, wave_opened_at;
    rollout::GateDecision gate; // of the open wave; while it offers
    rollout::Counts totals;
    std::uint64_t in_scope = 0;
    std::uint64_t cannot_tell = 0; // devices of which its query needs a fact that is missing
    std::uint64_t waiting = 0;     // in open waves, and asked when they poll next
    std::vector<rollout::BlockedDevices> blocked;
    base::Duration soak{}, step_timeout{}, asks_every{};
    struct Decision {
        base::TimePoint at{};
        std::string decision, sentence;
    };
    std::optional<Decision> last;
    base::TimePoint now{};
};
Explanation explain(const RolloutFacts& facts);

} // namespace oakum::explain
