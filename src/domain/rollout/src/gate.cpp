// SPDX-License-Identifier: Apache-2.0
#include <rollout/gate.hpp>

#include <algorithm>

namespace oakum::rollout {
namespace {

std::string devices(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " device" : " devices");
}

std::string percent(std::uint64_t ppm) {
    std::string text = std::to_string(ppm / 10'000);
    if (ppm % 10'000 != 0) {
        std::string fraction = std::to_string(10'000 + ppm % 10'000).substr(1);
        while (fraction.back() == '0')
            fraction.pop_back();
        text += "." + fraction;
    }
    return text + " %";
}

// count / of > ppm / 1'000'000, exactly.
bool above(std::uint64_t count, std::uint64_t of, std::uint64_t ppm) {
    return count * 1'000'000 > of * ppm;
}

bool must_halt(const Gate& gate, const Counts& counts) {
    return bad(counts) >= gate.halt_minimum && above(bad(counts), counts.started, gate.halt_failure_ppm);
}

std::string halt_sentence(const Gate& gate, const Counts& counts, const std::string& where) {
    return std::to_string(bad(counts)) + " of " + devices(counts.started) + where +
           " failed, fell back or went silent; more than the " + percent(gate.halt_failure_ppm) +
           " this wave tolerates.";
}

} // namespace

Counts operator+(const Counts& a, const Counts& b) {
    return {a.started + b.started,
            a.pending + b.pending,
            a.verified + b.verified,
            a.failed + b.failed,
            a.rolled_back + b.rolled_back,
            a.silent + b.silent,
            std::max(a.last_verified, b.last_verified)};
}

GateDecision decide(const GateView& view, base::TimePoint now) {
    Counts whole;
    for (const auto& [stratum, counts] : view.strata)
        whole = whole + counts;

    if (must_halt(view.gate, whole)) return {Verdict::halt, halt_sentence(view.gate, whole, "")};
    for (const auto& [stratum, counts] : view.strata)
        if (must_halt(view.gate, counts))
            return {Verdict::halt, halt_sentence(view.gate, counts, " of " + stratum)};

    const std::uint32_t members = std::max(view.members, whole.started);
    const std::uint32_t needed = std::min(view.gate.minimum, members);
    if (members == 0) return {Verdict::proceed, "No device is in this wave."};
    if (whole.verified < needed)
        return {Verdict::hold, std::to_string(whole.verified) + " of " + devices(members) +
                                   " run the new version and are healthy; " +
                                   std::to_string(needed - whole.verified) + " more needed."};
    if (above(bad(whole) + whole.pending, whole.started, view.gate.proceed_failure_ppm))
        return {Verdict::hold, whole.pending > 0
                                   ? devices(whole.pending) + " of this wave have not finished yet."
                                   : std::to_string(bad(whole)) + " of " + devices(whole.started) +
                                         " did not make it; the next wave needs at most " +
                                         percent(view.gate.proceed_failure_ppm) + "."};
    const base::TimePoint since = std::max(view.opened_at, whole.last_verified);
    if (now < since + view.gate.soak) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(since + view.gate.soak - now).count();
        return {Verdict::hold, "All is well so far; watching for " + std::to_string(left) + " more seconds."};
    }
    return {Verdict::proceed, std::to_string(whole.verified) + " of " + devices(whole.started) +
                                  " run the new version and are healthy, " + std::to_string(bad(whole)) +
                                  " did not make it."};
}

bool may_settle(const EndView& view) {
    return view.whole.pending == 0 && view.waiting == 0;
}

bool may_finish(const EndView& view, base::TimePoint now) {
    return view.settled_at && view.whole.pending == 0 && view.waiting == 0 &&
           now >= std::max(*view.settled_at, view.whole.last_verified) + kLateJoiners;
}

} // namespace oakum::rollout
