// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/plan.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oakum::rollout {

Counts operator+(const Counts& a, const Counts& b);
// Outcomes that speak against the release.
constexpr std::uint32_t bad(const Counts& counts) {
    return counts.failed + counts.rolled_back + counts.silent;
}

// What is known of a wave when its gate is looked at. A gate is a function of counts: whenever it is looked
// at, in whatever order the reports came, the answer is the same.
struct GateView {
    Gate gate;
    std::vector<std::pair<std::string, Counts>> strata; // of this wave
    std::uint32_t members = 0; // devices in scope of this wave as far as known, started or not
    bool last_wave = false;
    base::TimePoint opened_at{};
};

enum class Verdict : std::uint8_t { hold, proceed, halt };
struct GateDecision {
    Verdict verdict = Verdict::hold;
    std::string sentence; // for people: no statistical term
};

// Halt looks at each stratum and at the whole, counting what is pending as good; proceed looks at the whole,
// counting what is pending as bad (facts on reporting delay: counting finished devices only halts good
// releases).
GateDecision decide(const GateView& view, base::TimePoint now);

// What is known of a rollout whose last wave is open.
struct EndView {
    Counts whole;              // of all waves and strata
    std::uint32_t waiting = 0; // devices in reach of an open wave that were not offered the release yet
    std::optional<base::TimePoint> settled_at;
};
// Settled: every wave is open, nobody waits, and every device that was offered the release has its outcome
// (silence is one until the device is heard again). Those that appear later are still served.
bool may_settle(const EndView& view);
// Finished: settled, nobody under way, and for so long nobody joined and was verified; from then on nobody is
// served. A person may finish it before.
constexpr auto kLateJoiners = std::chrono::hours(24 * 7);
bool may_finish(const EndView& view, base::TimePoint now);

} // namespace oakum::rollout
