// SPDX-License-Identifier: Apache-2.0
// Devices that were asked: what they say, and what the server makes of it.
#include "play.hpp"

#include <budget/budget.hpp>
#include <rollout/recount.hpp>
#include <rollout/terms.hpp>

namespace oakum::rehearsal {
namespace {

using install::Phase;
using install::State;

const std::string kNew = "new";

// The server offers another one than its agent took up.
bool next_attempt(const Actor& actor) {
    return actor.attempt != actor.agent_attempt;
}

} // namespace

Journey Play::journey(const Actor& actor) const {
    return {actor.phase, actor.told_shut, actor.runs_new, actor.agent_attempt, actor.since};
}

void Play::set_journey(Actor& actor, const Journey& journey) {
    const bool was = actor.phase == Phase::downloading;
    const bool is = journey.phase == Phase::downloading;
    if (is && !was) {
        ++minute().downloads;
        run_.most_downloading = std::max(run_.most_downloading, ++downloading_);
    }
    if (was && !is) --downloading_;
    actor.phase = journey.phase;
    actor.told_shut = journey.told_shut;
    actor.runs_new = journey.runs_new;
    actor.agent_attempt = journey.attempt;
    actor.since = journey.since;
}

install::Deployment Play::deployment(const Actor& actor) const {
    install::Deployment value;
    value.state = actor.state;
    value.reason = actor.reason;
    value.attempt = actor.attempt;
    value.transient_failures = actor.transient_failures;
    value.sequence = actor.sequence;
    if (actor.state_at != kNever) value.state_at = time_of(actor.state_at);
    if (actor.deadline != kNever) value.deadline = time_of(actor.deadline);
    if (actor.soak_until != kNever) value.soak_until = time_of(actor.soak_until);
    return value;
}

install::Terms Play::terms(std::uint32_t device) const {
    const schedule::Openings& open = openings(device);
    base::Duration until{};
    if (!open.always())
        if (const schedule::Interval* next = open.at_or_after(now())) until = next->from - now();
    return rollout::terms_of(scene_.plan, kNew, std::chrono::seconds(scene_.turn), until);
}

void Play::apply(std::uint32_t device, const install::Deployment& next) {
    Actor& actor = actors_.all[device];
    const State before = actor.state;
    actor.state = next.state;
    actor.reason = next.reason;
    actor.attempt = static_cast<std::uint8_t>(next.attempt);
    actor.transient_failures = static_cast<std::uint8_t>(next.transient_failures);
    actor.sequence = static_cast<std::uint8_t>(next.sequence);
    actor.state_at = seconds_of(next.state_at);
    actor.deadline = next.deadline ? seconds_of(*next.deadline) : kNever;
    actor.soak_until = next.soak_until ? seconds_of(*next.soak_until) : kNever;
    if (before == next.state) return;
    rollout::Counts& model = model_counts(device);
    for (rollout::Counts* counts : {&counts_[actor.wave], &model}) {
        rollout::recount(*counts, before, next.state);
        if (next.state == State::verified) counts->last_verified = now();
    }
    counts_changed_ = counts_changed_ || rollout::outcome_of(before) != rollout::outcome_of(next.state);
    if (next.state == State::verified) {
        ++minute().verified;
        minute().points += scene_.kind(device).points;
    }
    const auto pends = [](State state) { return rollout::outcome_of(state) == rollout::Outcome::pending; };
    if (pends(before) && !pends(next.state)) give_way(actor.wave, device);
    const bool was_out = budget::out_of_service(before);
    const bool is_out = budget::out_of_service(next.state);
    if (was_out && !is_out) give_room(device);
    if (!was_out && is_out) take_room(device);
}

void Play::deliver(std::uint32_t device, const Act& act) {
    Actor& actor = actors_.all[device];
    Minute& minute = this->minute();
    ++minute.reports;
    minute.writes += act.report == State::installing ? 1 : 0;
    minute.restarts += act.report == State::rebooting ? 1 : 0;
    if (act.report == State::rebooting && !actor.restarted) {
        actor.restarted = true;
        ++run_.restarted;
    }
    set_journey(actor, act.after);
    install::ReportSeen report;
    report.attempt = act.after.attempt;
    report.sequence = actor.attempt == act.after.attempt ? actor.sequence + 1U : 1U;
    report.state = act.report;
    report.reason = act.reason;
    report.healthy = act.reason == install::Reason::none;
    if (act.after.runs_new) report.running_version = kNew;
    const auto decision = install::decide_report(deployment(actor), terms(device), report, now());
    if (!decision.ok()) return; // no agent of ours reports what none may
    if (decision->changed) apply(device, decision->next);
    if (decision->outcome == install::Outcome::stop) stop(device);
}

// It is told to stop, and does so unless it went too far meanwhile.
void Play::stop(std::uint32_t device) {
    Actor& actor = actors_.all[device];
    Journey here = journey(actor);
    while (const auto act = next_act(scene_, habits_, device, here)) {
        if (act->after.since > calendar_.now()) break;
        here = act->after;
    }
    const auto stopped = install::next(here.phase, install::Event::withdrawn);
    if (!stopped || !stopped->report) return;
    here.phase = stopped->to;
    deliver(device, {here, *stopped->report, install::Reason::cancelled});
}

// From when on a poll matters: it brings a next attempt or the order to stop, or proves that a device is
// well.
Seconds Play::poll_wanted(const Actor& actor) const {
    const Seconds soon = calendar_.now() + 1;
    if (actor.state == State::cancelling && install::can_stop(actor.phase)) return soon;
    if (actor.phase != Phase::idle) return kNever;
    if (actor.runs_new && actor.state == State::soaking)
        return actor.soak_until == kNever ? kNever : std::max(actor.soak_until, soon);
    if (actor.state == State::silent) return actor.runs_new || next_attempt(actor) ? soon : kNever;
    if (actor.state == State::offered && next_attempt(actor))
        return std::max(seconds_of(install::earliest_offer(deployment(actor))), soon);
    return kNever;
}

void Play::poll(std::uint32_t device) {
    Actor& actor = actors_.all[device];
    if (actor.state == State::cancelling) return stop(device);
    if (actor.phase != Phase::idle) return;
    if (actor.runs_new) {
        const install::Decision decision =
            install::decide_poll(deployment(actor), terms(device), kNew, true, now());
        if (decision.changed) apply(device, decision.next);
    } else if (next_attempt(actor) &&
               (actor.state == State::silent ||
                (actor.state == State::offered && now() >= install::earliest_offer(deployment(actor))))) {
        deliver(device, take_offer(actor.attempt, calendar_.now()));
    }
}

void Play::timer(std::uint32_t device) {
    const Actor& actor = actors_.all[device];
    const install::Deployment value = deployment(actor);
    const schedule::Openings& open = openings(device);
    const bool opened = open.always() || now() <= value.state_at || open.touches(value.state_at, now());
    if (install::may_wait_on(value, now()) && !opened)
        return apply(device, install::wait_on(value, terms(device), now()));
    const install::Decision decision = install::decide_timer(value, terms(device), now());
    if (decision.changed) apply(device, decision.next);
}

void Play::visit_under_way(std::uint32_t device) {
    const Seconds second = calendar_.now();
    const Actor& actor = actors_.all[device];
    std::optional<Act> act;
    for (;;) {
        act = next_act(scene_, habits_, device, journey(actor));
        if (!act || act->after.since > second || !habits_.in_reach(device, second)) break;
        deliver(device, *act);
    }
    const bool listens = actor.phase == Phase::idle || actor.state == State::cancelling;
    if (listens && habits_.is_poll(device, second)) {
        poll(device);
        act = next_act(scene_, habits_, device, journey(actor));
    }
    if (actor.deadline <= second) timer(device);
    plan_next(device, act);
}

void Play::plan_next(std::uint32_t device) {
    plan_next(device, next_act(scene_, habits_, device, journey(actors_.all[device])));
}

// What it says next, a poll that matters or the end of the server's patience, whichever comes first.
void Play::plan_next(std::uint32_t device, const std::optional<Act>& act) {
    const Actor& actor = actors_.all[device];
    Seconds due = actor.deadline;
    if (act)
        if (const std::int64_t heard = habits_.reach_from(device, act->after.since); heard < due)
            due = static_cast<Seconds>(heard);
    if (const Seconds wanted = poll_wanted(actor); wanted < due)
        due = std::min(due, habits_.next_poll(device, wanted));
    calendar_.set(device, std::max(due, calendar_.now() + 1));
}

} // namespace oakum::rehearsal
