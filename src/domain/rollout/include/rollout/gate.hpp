// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/evidence.hpp>
#include <rollout/plan.hpp>

#include <array>
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

// What is known of a rollout when the gate of its open wave is looked at. A gate is a function of counts:
// whenever it is looked at, in whatever order the reports came, the answer is the same.
struct GateView {
    Gate gate;
    std::size_t wave_index = 0;                         // of the open wave
    Counts wave;                                        // of it
    std::vector<std::pair<std::string, Counts>> models; // of all waves so far, by hardware model
    std::uint32_t members = 0; // devices in scope of this wave as far as known, started or not
    bool last_wave = false;
    bool chosen = false; // a query says whom the open wave takes
    base::TimePoint opened_at{};
};

enum class Verdict : std::uint8_t { hold, proceed, halt };
struct GateDecision {
    Verdict verdict = Verdict::hold;
    std::string sentence; // for people: no statistical term
    bool proven = false;  // of proceed: shown to fail less often than is tolerated
    bool asks = false;    // of hold: nothing is missing but a person who opens the next wave
};

// Halt looks at the whole, at each model and at the open wave alone (a good past must not hide what went
// wrong since), counting what is pending as good; proceed looks at the whole, counting what is pending as bad
// (facts on reporting delay: counting finished devices only halts good releases). The chance of a false halt
// is shared out: half to the whole, a quarter to the models, a quarter to the waves; each of r models has
// 1/(r (r + 1)) of theirs, and so has the r-th wave, so that the sum holds however many come, and whenever.
GateDecision decide(const GateView& view, base::TimePoint now);

// Why a gate says what it says.
enum class Because : std::uint8_t {
    hard_stop, // halt: the plan's number of failures
    whole_fails,
    wave_fails,
    model_fails,
    nobody,       // proceed: no device is in the wave; of one that was chosen by a query a person is asked
    few_verified, // hold: the wave's minimum
    proving,      // hold: enough devices are in reach to prove it, and they have not all reported
    unfinished,   // hold: nothing can be proven, and the wave's own devices are under way
    unwell,       // hold: nor are they well; a person decides
    watching,     // hold: for the time since the last verification
    proven,       // proceed
    unproven      // hold or proceed, as the plan says: all is well, and there are too few to prove it
};

// The answers of shown_above and shown_below that follow from earlier ones: more devices or fewer failures
// never show that it fails more often, fewer devices or more failures never that it fails less often. For
// those who look at a gate very often; one object a rollout.
class Proofs {
  public:
    enum class Slot : std::uint8_t { whole_above, wave_above, whole_below, reach_below };
    bool above(Slot slot, std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance);
    bool below(Slot slot, std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance);
    bool model_above(std::size_t model, std::uint64_t devices, std::uint64_t failures,
                     const Tolerance& tolerance);

  private:
    struct Answer {
        std::uint64_t devices = 0, failures = 0;
        bool known = false;
    };
    struct Known {
        Tolerance tolerance{.tolerated = 0};
        Answer no, yes;
    };
    static bool above(Known& known, std::uint64_t devices, std::uint64_t failures,
                      const Tolerance& tolerance);
    std::array<Known, 4> slots_;
    std::vector<Known> models_; // by their places in the view
};

struct Judgement {
    Verdict verdict = Verdict::hold;
    Because because = Because::nobody;
    std::size_t model = 0;                  // of model_fails
    bool proven = false, asks = false;      // as in GateDecision
    std::optional<base::TimePoint> until{}; // of watching
};
// What decide() says, without the sentence. The models of later views stand where they stood.
Judgement judge(const GateView& view, Proofs& proofs, base::TimePoint now);

// How many devices, with the failures seen so far, it takes to know that the release fails less often than
// this gate tolerates.
std::uint64_t devices_to_prove(const Gate& gate, const Counts& whole);

// The two lines of a gate's picture, at rising numbers of devices: from how many failures on the whole halts
// (more than there are devices: none do), and up to how many it is proven to be good enough.
struct GateLine {
    std::uint64_t devices = 0, halts_at = 0;
    std::optional<std::uint64_t> proves_up_to;
};
// At most `places` of them, at least 2.
std::vector<GateLine> gate_lines(const Gate& gate, std::uint64_t up_to, std::size_t places = 41);

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
