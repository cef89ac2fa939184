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

std::optional<Judgement> halts(const GateView& view, const Counts& whole, Proofs& proofs) {
    if (view.gate.hard_stop > 0 && bad(whole) >= view.gate.hard_stop)
        return Judgement{Verdict::halt, Because::hard_stop};
    if (proofs.above(Proofs::Slot::whole_above, whole.started, bad(whole),
                     tolerance_of(view.gate, kWholeShare)))
        return Judgement{Verdict::halt, Because::whole_fails};
    if (proofs.above(Proofs::Slot::wave_above, view.wave.started, bad(view.wave),
                     tolerance_of(view.gate, share_of(view.wave_index + 1))))
        return Judgement{Verdict::halt, Because::wave_fails};
    const Tolerance of_models = tolerance_of(view.gate, share_of(view.models.size()));
    for (std::size_t i = 0; i < view.models.size(); ++i)
        if (const Counts& counts = view.models[i].second;
            proofs.model_above(i, counts.started, bad(counts), of_models))
            return Judgement{Verdict::halt, Because::model_fails, i};
    return std::nullopt;
}

Counts whole_of(const GateView& view) {
    Counts whole;
    for (const auto& [model, counts] : view.models)
        whole = whole + counts;
    return whole;
}

// How many are in the wave, started or not, and how many could be looked at in all by its end.
std::uint32_t members_of(const GateView& view) {
    return std::max(view.members, view.wave.started);
}

std::string halt_sentence(const GateView& view, const Counts& whole, const Judgement& judged) {
    const std::string more =
        "; more than a release shows of which at most " + percent(view.gate.tolerated_failure_ppm) + " fail.";
    if (judged.because == Because::hard_stop)
        return failures_of(whole, "") + "; the plan stops at " + std::to_string(view.gate.hard_stop) + ".";
    if (judged.because == Because::wave_fails) return failures_of(view.wave, " of this wave") + more;
    if (judged.because == Because::model_fails) {
        const auto& [model, counts] = view.models[judged.model];
        return failures_of(counts, " of model " + model) + more;
    }
    return failures_of(whole, "") + more;
}

std::string proving_sentence(const GateView& view, const Counts& whole) {
    const std::uint64_t finished = whole.started - whole.pending;
    const std::uint64_t needed = devices_to_prove(view.gate, whole);
    if (finished >= needed) return devices(whole.pending) + " have not finished yet.";
    const std::uint64_t left = needed - finished;
    return std::to_string(bad(whole)) + " of " + devices(finished) + " failed; " + std::to_string(left) +
           (left == 1 ? " more good one" : " more good ones") + " needed to know that at most " +
           percent(view.gate.tolerated_failure_ppm) + " fail.";
}

std::string well_sentence(const GateView& view, const Counts& whole, const Judgement& judged) {
    const Counts& wave = view.wave;
    const std::string well = std::to_string(wave.verified) + " of " + devices(wave.started) +
                             " run the new version and are healthy, " + std::to_string(bad(wave)) +
                             " did not make it";
    if (judged.proven)
        return well + ": in all, fewer than " + percent(view.gate.tolerated_failure_ppm) + " fail.";
    return well + ". Not proven: it takes " + devices(devices_to_prove(view.gate, whole)) +
           " to know that at most " + percent(view.gate.tolerated_failure_ppm) + " fail" +
           (judged.asks ? "; a person opens the next wave." : ".");
}

std::string sentence(const GateView& view, const Counts& whole, const Judgement& judged,
                     base::TimePoint now) {
    const Counts& wave = view.wave;
    switch (judged.because) {
    case Because::hard_stop:
    case Because::whole_fails:
    case Because::wave_fails:
    case Because::model_fails:
        return halt_sentence(view, whole, judged);
    case Because::nobody:
        return judged.verdict == Verdict::proceed
                   ? "No device is in this wave."
                   : "No device of its query is left to bring it to; a person opens the next wave.";
    case Because::few_verified: {
        const std::uint32_t members = members_of(view);
        return std::to_string(wave.verified) + " of " + devices(members) +
               " run the new version and are healthy; " +
               std::to_string(std::min(view.gate.minimum, members) - wave.verified) + " more needed.";
    }
    case Because::proving:
        return proving_sentence(view, whole);
    case Because::unfinished:
        return devices(wave.pending) + " of this wave have not finished yet.";
    case Because::unwell:
        return std::to_string(bad(wave)) + " of " + devices(wave.started) +
               " of this wave did not make it; a person decides whether the next one opens.";
    case Because::watching:
        return "All is well so far; watching for " + time_left(*judged.until - now) + " more.";
    case Because::proven:
    case Because::unproven:
        return well_sentence(view, whole, judged);
    }
    return {};
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

bool Proofs::above(Known& known, std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance) {
    if (known.tolerance != tolerance) known = {tolerance, {}, {}};
    if (known.no.known && devices >= known.no.devices && failures <= known.no.failures) return false;
    const bool shown = shown_above(devices, failures, tolerance);
    if (!shown) known.no = {devices, failures, true};
    return shown;
}

bool Proofs::above(Slot slot, std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance) {
    return above(slots_[static_cast<std::size_t>(slot)], devices, failures, tolerance);
}

bool Proofs::model_above(std::size_t model, std::uint64_t devices, std::uint64_t failures,
                         const Tolerance& tolerance) {
    if (model >= models_.size()) models_.resize(model + 1);
    return above(models_[model], devices, failures, tolerance);
}

bool Proofs::below(Slot slot, std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance) {
    Known& known = slots_[static_cast<std::size_t>(slot)];
    if (known.tolerance != tolerance) known = {tolerance, {}, {}};
    if (known.no.known && devices <= known.no.devices && failures >= known.no.failures) return false;
    if (known.yes.known && devices >= known.yes.devices && failures <= known.yes.failures) return true;
    const bool shown = shown_below(devices, failures, tolerance);
    (shown ? known.yes : known.no) = {devices, failures, true};
    // What is asked next is about more devices, and mostly not shown either.
    if (const std::uint64_t more = devices + devices / 8 + 1;
        !shown && failures <= more && !shown_below(more, failures, tolerance))
        known.no.devices = more;
    return shown;
}

Judgement judge(const GateView& view, Proofs& proofs, base::TimePoint now) {
    const Counts whole = whole_of(view);
    if (const auto halt = halts(view, whole, proofs)) return *halt;

    const Gate& gate = view.gate;
    const Counts& wave = view.wave;
    const std::uint32_t members = members_of(view);
    // Whoever put a laboratory first wants it to be first: a mistyped query must not skip it.
    if (members == 0 && view.chosen && !view.last_wave && gate.unproven == Unproven::ask)
        return {.verdict = Verdict::hold, .because = Because::nobody, .asks = true};
    if (members == 0) return {Verdict::proceed, Because::nobody};
    if (wave.verified < std::min(gate.minimum, members)) return {Verdict::hold, Because::few_verified};

    const Tolerance tolerance = tolerance_of(gate, 1);
    const bool proven =
        proofs.below(Proofs::Slot::whole_below, whole.started, bad(whole) + whole.pending, tolerance);
    const std::uint64_t reach = std::uint64_t{whole.started} + (members - wave.started);
    if (!proven && proofs.below(Proofs::Slot::reach_below, reach, bad(whole), tolerance))
        return {Verdict::hold, Because::proving};
    // Too few devices in reach to prove it: this wave's own have to be well.
    if (!proven && above(bad(wave) + wave.pending, wave.started, gate.tolerated_failure_ppm))
        return wave.pending > 0 ? Judgement{Verdict::hold, Because::unfinished}
                                : Judgement{Verdict::hold, Because::unwell, 0, false, true};
    const base::TimePoint since = std::max(view.opened_at, wave.last_verified);
    if (now < since + gate.soak)
        return {Verdict::hold, Because::watching, 0, false, false, since + gate.soak};
    if (proven) return {Verdict::proceed, Because::proven, 0, true};
    const bool asks = gate.unproven == Unproven::ask;
    return {asks ? Verdict::hold : Verdict::proceed, Because::unproven, 0, false, asks};
}

GateDecision decide(const GateView& view, base::TimePoint now) {
    Proofs proofs;
    const Judgement judged = judge(view, proofs, now);
    return {judged.verdict, sentence(view, whole_of(view), judged, now), judged.proven, judged.asks};
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
