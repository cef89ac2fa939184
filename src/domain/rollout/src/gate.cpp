// SPDX-License-Identifier: Apache-2.0
#include <rollout/evidence.hpp>
#include <rollout/gate.hpp>

#include <algorithm>
#include <optional>

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

// In the unit that people would say it in.
std::string time_left(base::Duration left) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 2 * 3600) return std::to_string((seconds + 30) / 60) + " min";
    return std::to_string((seconds + 1800) / 3600) + " h";
}

// count / of > ppm / 1'000'000, exactly.
bool above(std::uint64_t count, std::uint64_t of, std::uint64_t ppm) {
    return count * 1'000'000 > of * ppm;
}

Tolerance tolerance_of(const Gate& gate, double halt_share) {
    constexpr double whole = 1'000'000;
    return {gate.tolerated_failure_ppm / whole, gate.halt_error_ppm / whole * halt_share,
            gate.proceed_error_ppm / whole};
}

// Of the chance of a false halt: half is the whole's, a quarter is for the models and a quarter for the
// waves.
constexpr double kWholeShare = 0.5;
constexpr double kPartsShare = 0.25;
// What the n-th of several parts gets: they may be many, and the later ones come later, yet all of these
// shares together are no more than the parts'.
double share_of(std::size_t n) {
    const auto count = static_cast<double>(n);
    return kPartsShare / (count * (count + 1));
}

std::string failures_of(const Counts& counts, const std::string& where) {
    return std::to_string(bad(counts)) + " of " + devices(counts.started) + where +
           " failed, fell back or went silent";
}

std::optional<std::string> why_halt(const GateView& view, const Counts& whole) {
    if (view.gate.hard_stop > 0 && bad(whole) >= view.gate.hard_stop)
        return failures_of(whole, "") + "; the plan stops at " + std::to_string(view.gate.hard_stop) + ".";
    const std::string more =
        "; more than a release shows of which at most " + percent(view.gate.tolerated_failure_ppm) + " fail.";
    if (shown_above(whole.started, bad(whole), tolerance_of(view.gate, kWholeShare)))
        return failures_of(whole, "") + more;
    if (shown_above(view.wave.started, bad(view.wave),
                    tolerance_of(view.gate, share_of(view.wave_index + 1))))
        return failures_of(view.wave, " of this wave") + more;
    for (const auto& [model, counts] : view.models)
        if (shown_above(counts.started, bad(counts), tolerance_of(view.gate, share_of(view.models.size()))))
            return failures_of(counts, " of model " + model) + more;
    return std::nullopt;
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
    for (const auto& [model, counts] : view.models)
        whole = whole + counts;
    if (auto why = why_halt(view, whole)) return {Verdict::halt, std::move(*why)};

    const Gate& gate = view.gate;
    const Counts& wave = view.wave;
    const std::uint32_t members = std::max(view.members, wave.started);
    const std::uint32_t needed = std::min(gate.minimum, members);
    if (members == 0) return {Verdict::proceed, "No device is in this wave."};
    if (wave.verified < needed)
        return {Verdict::hold, std::to_string(wave.verified) + " of " + devices(members) +
                                   " run the new version and are healthy; " +
                                   std::to_string(needed - wave.verified) + " more needed."};

    const Tolerance tolerance = tolerance_of(gate, 1);
    const bool proven = shown_below(whole.started, bad(whole) + whole.pending, tolerance);
    const std::uint64_t reach = std::uint64_t{whole.started} + (members - wave.started);
    if (!proven && shown_below(reach, bad(whole), tolerance)) {
        const std::uint64_t finished = whole.started - whole.pending;
        const std::uint64_t needed_in_all = devices_that_prove(bad(whole), tolerance);
        if (finished >= needed_in_all)
            return {Verdict::hold, devices(whole.pending) + " have not finished yet."};
        const std::uint64_t left = needed_in_all - finished;
        return {Verdict::hold, std::to_string(bad(whole)) + " of " + devices(finished) + " failed; " +
                                   std::to_string(left) + (left == 1 ? " more good one" : " more good ones") +
                                   " needed to know that at most " + percent(gate.tolerated_failure_ppm) +
                                   " fail."};
    }
    // Too few devices in reach to prove it: this wave's own have to be well.
    if (!proven && above(bad(wave) + wave.pending, wave.started, gate.tolerated_failure_ppm))
        return {Verdict::hold,
                wave.pending > 0 ? devices(wave.pending) + " of this wave have not finished yet."
                                 : std::to_string(bad(wave)) + " of " + devices(wave.started) +
                                       " of this wave did not make it; a person decides whether the "
                                       "next one opens.",
                false, wave.pending == 0};
    const base::TimePoint since = std::max(view.opened_at, wave.last_verified);
    if (now < since + gate.soak) {
        return {Verdict::hold,
                "All is well so far; watching for " + time_left(since + gate.soak - now) + " more."};
    }
    const std::string well = std::to_string(wave.verified) + " of " + devices(wave.started) +
                             " run the new version and are healthy, " + std::to_string(bad(wave)) +
                             " did not make it";
    if (proven)
        return {Verdict::proceed,
                well + ": in all, fewer than " + percent(gate.tolerated_failure_ppm) + " fail.", true};
    const std::string few = ". Not proven: it takes " + devices(devices_that_prove(bad(whole), tolerance)) +
                            " to know that at most " + percent(gate.tolerated_failure_ppm) + " fail";
    if (gate.unproven == Unproven::ask)
        return {Verdict::hold, well + few + "; a person opens the next wave.", false, true};
    return {Verdict::proceed, well + few + "."};
}

std::uint64_t devices_to_prove(const Gate& gate, const Counts& whole) {
    return devices_that_prove(bad(whole), tolerance_of(gate, 1));
}

std::vector<GateLine> gate_lines(const Gate& gate, std::uint64_t up_to, std::size_t places) {
    const Tolerance halt = tolerance_of(gate, kWholeShare);
    const Tolerance proceed = tolerance_of(gate, 1);
    std::vector<GateLine> lines;
    for (std::size_t place = 0; place < places; ++place) {
        GateLine line;
        line.devices = up_to * place / (places - 1);
        if (!lines.empty() && line.devices == lines.back().devices) continue;
        line.halts_at = failures_that_halt(line.devices, halt);
        if (gate.hard_stop > 0) line.halts_at = std::min<std::uint64_t>(line.halts_at, gate.hard_stop);
        line.proves_up_to = failures_that_prove(line.devices, proceed);
        lines.push_back(line);
    }
    return lines;
}

bool may_settle(const EndView& view) {
    return view.whole.pending == 0 && view.waiting == 0;
}

bool may_finish(const EndView& view, base::TimePoint now) {
    return view.settled_at && view.whole.pending == 0 && view.waiting == 0 &&
           now >= std::max(*view.settled_at, view.whole.last_verified) + kLateJoiners;
}

} // namespace oakum::rollout
