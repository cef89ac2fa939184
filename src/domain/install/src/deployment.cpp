// SPDX-License-Identifier: Apache-2.0
#include <install/deployment.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>

namespace oakum::install {
namespace {

constexpr std::array<std::string_view, kHappenings> happening_words = {
    "downloading", "downloaded",  "awaiting_window", "awaiting_user",
    "installing",  "rebooting",   "landed",          "runs",
    "ails",        "soaked",      "runs_other",      "failed_again",
    "failed",      "rolled_back", "stopped",         "deadline",
    "withdraw",    "supersede"};

constexpr std::uint32_t bit(State state) {
    return 1U << static_cast<unsigned>(state);
}
constexpr std::uint32_t set(std::initializer_list<State> states) {
    std::uint32_t mask = 0;
    for (const State state : states)
        mask |= bit(state);
    return mask;
}

using S = State;
using H = Happening;
using F = Effect;

// Where a device that is still on its way may be.
constexpr std::uint32_t fetching =
    set({S::offered, S::downloading, S::downloaded, S::awaiting_window, S::awaiting_user});
constexpr std::uint32_t under_way = fetching | set({S::installing, S::rebooting, S::installed, S::soaking});
constexpr std::uint32_t given_up = set({S::withdrawn, S::superseded, S::expired, S::failed});

struct Row {
    std::uint32_t from;
    Happening happening;
    State to;
    Effect effect = Effect::none;
};

// Rows do not overlap; a pair in none of them changes nothing. Reports that a device sends while the server
// waits for it to stop are answered with `stop` until it is past stopping.
constexpr std::array table = {
    // Also after it waited for its link, or for a person who carries it.
    Row{set({S::offered, S::downloading, S::awaiting_window, S::awaiting_user, S::silent}), H::downloading,
        S::downloading},
    Row{set({S::offered, S::downloading, S::awaiting_window, S::awaiting_user, S::silent}), H::downloaded,
        S::downloaded},
    // Also when the window closed after the slot was written and before the restart.
    Row{set({S::offered, S::downloading, S::downloaded, S::awaiting_user, S::installing, S::silent}),
        H::awaiting_window, S::awaiting_window},
    Row{set({S::offered, S::downloading, S::downloaded, S::awaiting_window, S::silent}), H::awaiting_user,
        S::awaiting_user},
    Row{fetching | bit(S::silent), H::installing, S::installing},
    Row{fetching | set({S::installing, S::silent}), H::rebooting, S::rebooting},
    Row{fetching | set({S::installing, S::rebooting, S::silent}), H::landed, S::installed},

    Row{(under_way & ~bit(S::soaking)) | set({S::silent, S::cancelling}), H::runs, S::soaking, F::start_soak},
    Row{(under_way & ~bit(S::soaking)) | set({S::silent, S::cancelling}), H::ails, S::soaking, F::start_soak},
    Row{bit(S::soaking), H::ails, S::soaking, F::start_soak},
    Row{under_way | set({S::silent, S::cancelling}) | given_up, H::soaked, S::verified, F::end_soak},
    // Given up here, installed there: what the device runs is the truth, and it still has to soak.
    Row{given_up, H::runs, S::soaking, F::start_soak},
    Row{under_way | set({S::silent, S::cancelling}), H::runs_other, S::rolled_back, F::end_soak},

    Row{under_way | bit(S::silent), H::failed_again, S::offered, F::count_attempt},
    Row{bit(S::cancelling), H::failed_again, S::withdrawn},
    Row{under_way | bit(S::silent) | bit(S::expired), H::failed, S::failed, F::end_soak},
    Row{bit(S::cancelling), H::failed, S::withdrawn},
    Row{under_way | set({S::silent, S::cancelling, S::verified}) | given_up, H::rolled_back, S::rolled_back,
        F::end_soak},

    Row{under_way | set({S::silent, S::cancelling}), H::stopped, S::withdrawn, F::end_soak},

    Row{under_way, H::deadline, S::silent},
    Row{bit(S::silent), H::deadline, S::expired, F::end_soak},
    Row{bit(S::cancelling), H::deadline, S::withdrawn},

    Row{set({S::offered, S::silent}), H::withdraw, S::withdrawn},
    Row{under_way & ~bit(S::offered), H::withdraw, S::cancelling},
    Row{under_way | set({S::silent, S::cancelling}), H::supersede, S::superseded, F::end_soak},

    Row{bit(S::cancelling), H::downloading, S::cancelling, F::stop_device},
    Row{bit(S::cancelling), H::downloaded, S::cancelling, F::stop_device},
    Row{bit(S::cancelling), H::awaiting_window, S::cancelling, F::stop_device},
    Row{bit(S::cancelling), H::awaiting_user, S::cancelling, F::stop_device},
    Row{bit(S::cancelling), H::installing, S::cancelling, F::stop_device},
    Row{bit(S::cancelling), H::rebooting, S::cancelling, F::stop_device},
    Row{bit(S::cancelling), H::landed, S::cancelling, F::stop_device},
    Row{set({S::withdrawn, S::superseded, S::expired}), H::downloading, S::withdrawn, F::stop_device},
    Row{set({S::withdrawn, S::superseded, S::expired}), H::downloaded, S::withdrawn, F::stop_device},
    Row{set({S::withdrawn, S::superseded, S::expired}), H::awaiting_window, S::withdrawn, F::stop_device},
    Row{set({S::withdrawn, S::superseded, S::expired}), H::awaiting_user, S::withdrawn, F::stop_device},
    Row{set({S::withdrawn, S::superseded, S::expired}), H::installing, S::withdrawn, F::stop_device},
};

constexpr bool rows_overlap() {
    for (std::size_t a = 0; a < table.size(); ++a) {
        for (std::size_t b = a + 1; b < table.size(); ++b) {
            if (table[a].happening == table[b].happening && (table[a].from & table[b].from) != 0) return true;
        }
    }
    return false;
}
static_assert(!rows_overlap(), "a state and a happening have one row at most");

// By state and happening, so that looking one up costs the same wherever it stands.
constexpr std::uint8_t no_row = 255;
constexpr auto row_of = [] {
    std::array<std::array<std::uint8_t, kHappenings>, kStates> rows{};
    for (std::size_t s = 0; s < kStates; ++s)
        for (std::size_t h = 0; h < kHappenings; ++h) {
            rows[s][h] = no_row;
            for (std::size_t i = 0; i < table.size(); ++i)
                if (table[i].happening == static_cast<Happening>(h) &&
                    (table[i].from & bit(static_cast<State>(s))) != 0)
                    rows[s][h] = static_cast<std::uint8_t>(i);
        }
    return rows;
}();
static_assert(table.size() < no_row);

constexpr std::size_t max_detail = 2048;
// Of who carried it, after the folder ended.
constexpr base::Duration way_back = std::chrono::hours(24);

std::optional<base::TimePoint> deadline_of(State state, const Terms& terms, const Deployment& deployment,
                                           base::TimePoint now) {
    if (is_terminal(state)) return std::nullopt;
    if (state == S::silent) return now + terms.silent_timeout;
    if (state == S::awaiting_window || state == S::awaiting_user) return now + terms.wait_timeout;
    if (state == S::soaking && deployment.soak_until) return *deployment.soak_until + terms.step_timeout;
    if (state == S::offered) return std::max(now, earliest_offer(deployment)) + terms.step_timeout;
    return now + terms.step_timeout;
}

// Applies one happening; what the table does not list leaves everything as it is.
Decision apply(const Deployment& before, const Terms& terms, Happening happening, base::TimePoint now) {
    Decision decision{before, Outcome::accepted, false};
    const auto step = transition(before.state, happening);
    if (!step) return decision;
    Deployment& after = decision.next;
    after.state = step->to;
    if (step->to != before.state || step->effect == F::start_soak) after.state_at = now;
    switch (step->effect) {
    case F::none:
        break;
    case F::count_attempt:
        ++after.attempt;
        after.sequence = 0;
        after.progress_percent = 0;
        after.soak_until.reset();
        break;
    case F::start_soak:
        after.soak_until = now + terms.soak;
        break;
    case F::end_soak:
        after.soak_until.reset();
        break;
    case F::stop_device:
        after.state = before.state;
        after.state_at = before.state_at;
        decision.outcome = Outcome::stop;
        break;
    }
    // A device that is told to stop does not prolong its life by talking on.
    if (step->effect != F::stop_device) after.deadline = deadline_of(after.state, terms, after, now);
    decision.changed = !(after == before);
    return decision;
}

bool soak_is_over(const Deployment& deployment, const Terms& terms, base::TimePoint now) {
    if (terms.soak <= base::Duration::zero()) return true;
    return deployment.state == S::soaking && deployment.soak_until && now >= *deployment.soak_until;
}

Happening running(const Deployment& deployment, const Terms& terms, std::string_view version, bool healthy,
                  base::TimePoint now) {
    if (version != terms.version) return H::runs_other;
    if (!healthy) return H::ails;
    return soak_is_over(deployment, terms, now) ? H::soaked : H::runs;
}

Happening after_failure(const Deployment& deployment, const Terms& terms, Reason reason) {
    const std::uint32_t installs =
        deployment.attempt - std::min(deployment.attempt, deployment.transient_failures);
    switch (class_of(reason)) {
    case ReasonClass::transient:
        return deployment.transient_failures + 1 < terms.budget.transient ? H::failed_again : H::failed;
    case ReasonClass::install:
        return installs < terms.budget.install ? H::failed_again : H::failed;
    case ReasonClass::final:
        return H::failed;
    }
    return H::failed;
}

base::Result<Happening> classify(const Deployment& deployment, const Terms& terms, const ReportSeen& report,
                                 base::TimePoint now) {
    switch (report.state) {
    case S::downloading:
        return H::downloading;
    case S::downloaded:
        return H::downloaded;
    case S::awaiting_window:
        return H::awaiting_window;
    case S::awaiting_user:
        return H::awaiting_user;
    case S::installing:
        return H::installing;
    case S::rebooting:
        return H::rebooting;
    case S::installed:
    case S::soaking:
    case S::verified:
        if (report.running_version.empty()) return H::landed;
        if (report.carried && report.running_version == terms.version && report.healthy) return H::soaked;
        return running(deployment, terms, report.running_version, report.healthy, now);
    case S::failed:
        return after_failure(deployment, terms, report.reason);
    case S::rolled_back:
        return H::rolled_back;
    case S::withdrawn:
        return H::stopped;
    case S::offered:
    case S::cancelling:
    case S::superseded:
    case S::expired:
    case S::silent:
        break;
    }
    return base::invalid("\"" + std::string(to_string(report.state)) + "\" is not for a device to report")
        .at("/state");
}

// Cut at a character's start, so that UTF-8 stays UTF-8.
std::string bounded(const std::string& text) {
    if (text.size() <= max_detail) return text;
    std::size_t end = max_detail;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

// Also what tells later what it was silent in.
std::string silent_since(State state) {
    return "nothing was heard while it was " + std::string(to_string(state));
}

} // namespace

ReasonClass class_of(Reason reason) {
    switch (reason) {
    case Reason::download_failed:
    case Reason::metadata_expired:
        return ReasonClass::transient;
    case Reason::none:
    case Reason::out_of_space:
    case Reason::verification_failed:
    case Reason::write_failed:
    case Reason::boot_failed:
    case Reason::health_failed:
    case Reason::wrong_version:
    case Reason::timed_out:
    case Reason::agent_error:
        return ReasonClass::install;
    case Reason::incompatible:
    case Reason::cancelled:
        return ReasonClass::final;
    }
    return ReasonClass::final;
}

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
    case Outcome::accepted:
        return "accepted";
    case Outcome::repeat:
        return "repeat";
    case Outcome::stale:
        return "stale";
    case Outcome::stop:
        return "withdrawn";
    }
    return "stale";
}

std::string_view to_string(Happening happening) {
    return happening_words.at(static_cast<std::size_t>(happening));
}

std::optional<Transition> transition(State state, Happening happening) {
    const std::uint8_t row = row_of[static_cast<std::size_t>(state)][static_cast<std::size_t>(happening)];
    if (row == no_row) return std::nullopt;
    const State to = table[row].effect == F::stop_device ? state : table[row].to;
    return Transition{state, happening, to, table[row].effect};
}

Deployment offer(const Terms& terms, base::TimePoint now) {
    Deployment deployment;
    deployment.state_at = now;
    deployment.deadline = deadline_of(S::offered, terms, deployment, now);
    return deployment;
}

base::TimePoint earliest_offer(const Deployment& deployment) {
    if (deployment.attempt <= 1) return deployment.state_at;
    using std::chrono::minutes;
    using std::chrono::seconds;
    const bool transient = class_of(deployment.reason) == ReasonClass::transient;
    const std::uint32_t failures =
        transient ? std::max(deployment.transient_failures, 1U)
                  : std::max(deployment.attempt - 1 -
                                 std::min(deployment.attempt - 1, deployment.transient_failures),
                             1U);
    const std::uint32_t doublings = std::min(failures - 1, 10U);
    const base::Duration first = transient ? base::Duration(seconds(10)) : base::Duration(seconds(30));
    const base::Duration cap = transient ? base::Duration(minutes(30)) : base::Duration(minutes(240));
    return deployment.state_at + std::min<base::Duration>(first * (1L << doublings), cap);
}

base::Result<Decision> decide_report(const Deployment& deployment, const Terms& terms,
                                     const ReportSeen& report, base::TimePoint now) {
    TRY_VALUE(const Happening happening, classify(deployment, terms, report, now));
    if (report.attempt > deployment.attempt || report.attempt == 0)
        return base::invalid("attempt " + std::to_string(report.attempt) + " was never offered")
            .at("/attempt");
    if (report.attempt < deployment.attempt) {
        // The end of an attempt that was given up counts as long as nothing is heard of the next one.
        const bool proof = happening == H::runs || happening == H::soaked || happening == H::rolled_back;
        if (!proof || deployment.sequence != 0 || deployment.state != S::offered)
            return Decision{deployment, Outcome::stale, false};
    } else if (report.sequence == deployment.sequence) {
        return Decision{deployment, Outcome::repeat, false};
    } else if (report.sequence < deployment.sequence) {
        return Decision{deployment, Outcome::stale, false};
    }

    const bool listed = transition(deployment.state, happening).has_value();
    Decision decision = apply(deployment, terms, happening, now);
    Deployment& after = decision.next;
    if (after.attempt == deployment.attempt && report.attempt == deployment.attempt)
        after.sequence = report.sequence;
    if (after.state == S::downloading) after.progress_percent = std::min(report.progress_percent, 100U);
    after.resumed = after.resumed || report.resumed;
    if (!report.running_version.empty() && (after.state == S::soaking || is_terminal(after.state)))
        after.version_after = report.running_version;
    // The words of a report that moved nothing stay out, unless they explain the state that is.
    if (listed || after.state == report.state) {
        if (report.reason != Reason::none) after.reason = report.reason;
        if (!report.detail.empty()) after.detail = bounded(report.detail);
    }
    if (happening == H::runs_other && listed) {
        after.reason = Reason::wrong_version;
        if (report.detail.empty())
            after.detail = "it runs " + bounded(report.running_version) + " instead of " + terms.version;
    }
    if (happening == H::failed_again && after.state == S::offered) {
        if (class_of(report.reason) == ReasonClass::transient) ++after.transient_failures;
        after.deadline = deadline_of(S::offered, terms, after, now);
    }
    if (after.state == S::verified) {
        after.reason = Reason::none;
        after.progress_percent = 100;
    }
    decision.changed = !(after == deployment);
    return decision;
}

Decision decide_poll(const Deployment& deployment, const Terms& terms, std::string_view running_version,
                     bool healthy, base::TimePoint now) {
    Decision nothing{deployment, Outcome::accepted, false};
    const bool waits_for_restart =
        deployment.state == S::rebooting || deployment.state == S::installed || deployment.state == S::silent;
    if (deployment.state != S::soaking && !waits_for_restart) return nothing;
    const Happening happening = running(deployment, terms, running_version, healthy, now);
    // Before the restart the old version is what has to run.
    if (waits_for_restart && happening == H::runs_other) return nothing;
    Decision decision = apply(deployment, terms, happening, now);
    if (happening == H::runs_other) {
        decision.next.reason = Reason::boot_failed;
        decision.next.detail = "it runs " + std::string(running_version.substr(0, 200)) + " again";
    }
    if (decision.next.state == S::verified) decision.next.reason = Reason::none;
    if (decision.changed) decision.next.version_after = running_version;
    return decision;
}

Decision decide_timer(const Deployment& deployment, const Terms& terms, base::TimePoint now) {
    if (!deployment.deadline || now < *deployment.deadline) return {deployment, Outcome::accepted, false};
    Decision decision = apply(deployment, terms, H::deadline, now);
    if (decision.changed && decision.next.state == S::silent) {
        decision.next.reason = Reason::timed_out;
        decision.next.detail = silent_since(deployment.state);
    }
    return decision;
}

bool may_wait_on(const Deployment& deployment, base::TimePoint now) {
    return (deployment.state == S::awaiting_window || deployment.state == S::offered) &&
           deployment.deadline && now >= *deployment.deadline;
}

Deployment wait_on(const Deployment& deployment, const Terms& terms, base::TimePoint now) {
    Deployment after = deployment;
    after.deadline = now + terms.wait_timeout;
    return after;
}

bool fell_silent_in(const Deployment& deployment, State state) {
    return deployment.state == S::silent && deployment.detail == silent_since(state);
}

Decision decide_withdraw(const Deployment& deployment, const Terms& terms, base::TimePoint now) {
    Decision decision = apply(deployment, terms, H::withdraw, now);
    if (decision.changed) decision.next.reason = Reason::cancelled;
    return decision;
}

bool can_be_carried(State state) {
    return state == S::awaiting_user || transition(state, H::awaiting_user);
}

base::Result<Decision> decide_carry(const Deployment& deployment, const Terms& terms, base::TimePoint until,
                                    base::TimePoint now) {
    if (!can_be_carried(deployment.state))
        return base::conflict("it is " + std::string(to_string(deployment.state)) + " already");
    Decision decision = apply(deployment, terms, H::awaiting_user, now);
    Deployment& after = decision.next;
    after.deadline =
        std::max(deployment.state == S::awaiting_user ? deployment.deadline.value_or(until) : until,
                 until + std::max<base::Duration>(terms.step_timeout, way_back));
    after.detail = "carried to it in a folder that is good until " + base::to_iso8601(until);
    decision.changed = !(after == deployment);
    return decision;
}

bool can_be_superseded(State state, Speaks speaks) {
    constexpr std::uint32_t waits = set({S::offered, S::awaiting_window});
    constexpr std::uint32_t leaves = set({S::downloading, S::downloaded, S::awaiting_user});
    const std::uint32_t these = speaks == Speaks::ours ? waits | leaves : waits;
    return (these >> static_cast<unsigned>(state) & 1U) != 0;
}

Decision decide_supersede(const Deployment& deployment, const Terms& terms, std::string why,
                          base::TimePoint now) {
    Decision decision = apply(deployment, terms, H::supersede, now);
    if (decision.changed) decision.next.detail = std::move(why);
    return decision;
}

Outcome said_of_replaced(State said) {
    constexpr std::uint32_t stops =
        set({S::downloading, S::downloaded, S::awaiting_window, S::awaiting_user, S::installing});
    return (stops >> static_cast<unsigned>(said) & 1U) != 0 ? Outcome::stop : Outcome::stale;
}

std::string deployment_diagram() {
    std::map<std::pair<std::size_t, std::size_t>, std::string> arrows;
    for (std::size_t s = 0; s < kStates; ++s) {
        for (std::size_t h = 0; h < kHappenings; ++h) {
            const auto step = transition(static_cast<State>(s), static_cast<Happening>(h));
            if (!step || step->effect == F::stop_device) continue;
            std::string& label = arrows[{s, static_cast<std::size_t>(step->to)}];
            label += (label.empty() ? "" : ", ") + std::string(to_string(step->happening));
        }
    }
    std::string out = "stateDiagram-v2\n    [*] --> offered\n";
    for (const auto& [pair, label] : arrows) {
        out += "    " + std::string(to_string(static_cast<State>(pair.first))) + " --> " +
               std::string(to_string(static_cast<State>(pair.second))) + ": " + label + "\n";
    }
    for (std::size_t s = 0; s < kStates; ++s) {
        if (is_terminal(static_cast<State>(s)))
            out += "    " + std::string(to_string(static_cast<State>(s))) + " --> [*]\n";
    }
    return out;
}

} // namespace oakum::install
