// SPDX-License-Identifier: Apache-2.0
// The rollout as a whole: its seconds, its gate, its waves.
#include "play.hpp"

#include <device/lifecycle.hpp>
#include <rollout/place.hpp>

namespace oakum::rehearsal {

using rollout::Event;
using rollout::State;

Play::Play(const Scene& scene, const Conditions& conditions)
    : scene_(scene), conditions_(conditions), habits_(scene, conditions),
      actors_{std::vector<Actor>(scene.size()), scene.kind_of}, calendar_(actors_, scene.horizon),
      rooms_(scene.groups.size() + scene.plan.waves.size()), minutes_(scene.horizon / 60 + 1),
      counts_(scene.plan.waves.size()), waiting_(scene.plan.waves.size()),
      seen_model_(scene.models.size(), kNever) {
    run_.wave_devices.resize(scene.plan.waves.size());
    run_.most_out.resize(scene.groups.size());
    for (std::uint32_t device = 0; device < scene.size(); ++device) {
        const std::uint32_t place = rollout::place_of(
            habits_.key0(), habits_.key1(), device::DeviceId(base::Id128{0, std::uint64_t{device} + 1}));
        const std::uint32_t held = scene.kind(device).waves;
        const auto wave = rollout::wave_of(scene.plan.waves, place,
                                           [held](std::uint32_t i) { return (held >> i & 1) != 0; });
        actors_.all[device].wave = wave ? static_cast<std::uint8_t>(*wave) : kNoWave;
        ++(wave ? run_.wave_devices[*wave] : run_.left_out);
    }
}

Run Play::run(const Stop& stop) {
    change(Event::start, true, "Started.");
    for (Seconds second = 0; second <= scene_.horizon && !is_done(); ++second) {
        if (second % 3'600 == 0 && stop && stop()) {
            run_.cut = true;
            break;
        }
        const bool due = second >= std::min(look_at_, person_at_);
        if (calendar_.is_empty(second) && !due && !counts_changed_) continue;
        calendar_.begin(second);
        for (std::uint32_t device = calendar_.next(); device != Calendar<Actors>::kNone;
             device = calendar_.next())
            if (actors_.all[device].attempt == 0)
                visit_waiting(device);
            else
                visit_under_way(device);
        if (counts_changed_ || due) look();
    }
    finish();
    return std::move(run_);
}

bool Play::is_done() const {
    if (rollout::is_over(state_)) return true;
    if (rollout::offers(state_)) return false;
    std::uint32_t pending = 0;
    for (const rollout::Counts& counts : counts_)
        pending += counts.pending;
    return pending == 0; // it halted, and all that had begun has ended
}

void Play::open_wave(std::size_t wave) {
    view_.gate = scene_.plan.waves[wave].gate;
    view_.wave_index = wave;
    view_.chosen = !scene_.plan.waves[wave].query.empty();
    view_.last_wave = wave + 1 == scene_.plan.waves.size();
    view_.opened_at = now();
    person_at_ = kNever;
    person_asked_ = false;
    const Seconds second = calendar_.now();
    for (std::uint32_t device = 0; device < scene_.size(); ++device) {
        Actor& actor = actors_.all[device];
        if (actor.wave != wave) continue;
        const std::int64_t heard = habits_.previous_poll(device, second);
        actor.quiet = second >= device::quiet_from(heard, scene_.kind(device).turn);
        if (!actor.quiet) ++waiting_[wave];
        plan_poll(device);
    }
}

void Play::look() {
    counts_changed_ = false;
    look_at_ = kNever;
    if (!rollout::offers(state_)) return;
    view_.wave = counts_[open_wave_];
    view_.members = view_.wave.started + waiting_[open_wave_];
    const rollout::Judgement judged = rollout::judge(view_, proofs_, now());
    if (judged.until) look_at_ = seconds_of(*judged.until);
    const auto end = [&]() -> std::optional<rollout::EndView> {
        rollout::EndView seen{{}, 0, settled_at_};
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen.whole = seen.whole + counts_[i];
            seen.waiting += waiting_[i];
        }
        return seen;
    };
    const auto event = rollout::next_event(state_, judged.verdict, view_.last_wave, now(), end);
    if (event) return change(*event, false, rollout::decide(view_, now()).sentence);
    if (const auto said = person_says(judged))
        return change(*said, true, rollout::decide(view_, now()).sentence);
    // It finishes by the time alone.
    if (state_ == State::settled && settled_at_ && look_at_ == kNever) {
        const rollout::EndView seen = *end();
        if (seen.whole.pending == 0 && seen.waiting == 0)
            look_at_ =
                std::max(calendar_.now() + 1, seconds_of(std::max(*settled_at_, seen.whole.last_verified) +
                                                         rollout::kLateJoiners));
    }
}

std::optional<Event> Play::person_says(const rollout::Judgement& judged) {
    const bool asked = person_asked_;
    person_asked_ = judged.asks && !view_.last_wave;
    if (!person_asked_) {
        person_at_ = kNever;
        return std::nullopt;
    }
    if (!asked) {
        ++run_.asked_person;
        if (conditions_.person_after) person_at_ = calendar_.now() + *conditions_.person_after;
    }
    if (calendar_.now() < person_at_) return std::nullopt;
    return judged.because == rollout::Because::unproven ? Event::open_next_wave : Event::halt;
}

void Play::change(Event event, bool person, std::string sentence) {
    const auto step = rollout::apply(state_, open_wave_, scene_.plan.waves.size(), event);
    if (!step.ok()) return; // next_event() names none that the table refuses
    state_ = step->state;
    open_wave_ = step->open_wave;
    run_.turns.push_back({calendar_.now(), event, open_wave_, person, std::move(sentence)});
    look_at_ = calendar_.now() + 1; // each second has one look
    if (event == Event::settle) settled_at_ = now();
    if (step->wave_opened) open_wave(open_wave_);
    if (event != Event::halt) return;
    person_at_ = kNever;
    Halt& halt = run_.halt.emplace();
    halt.at = calendar_.now();
    halt.restarted = run_.restarted;
    for (const rollout::Counts& counts : counts_)
        halt.whole = halt.whole + counts;
    withdraw_all();
}

void Play::withdraw_all() {
    for (std::uint32_t device = 0; device < scene_.size(); ++device) {
        Actor& actor = actors_.all[device];
        if (actor.attempt == 0 || install::is_terminal(actor.state)) continue;
        const install::Decision decision = install::decide_withdraw(deployment(actor), terms(device), now());
        if (!decision.changed) continue;
        apply(device, decision.next);
        plan_next(device);
    }
}

Seconds Play::seconds_of(base::TimePoint at) const {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(at - scene_.start).count();
    return seconds >= kNever ? kNever : static_cast<Seconds>(std::max<std::int64_t>(seconds, 0));
}

void Play::finish() {
    run_.state = state_;
    for (const rollout::Counts& counts : counts_)
        run_.whole = run_.whole + counts;
    for (std::uint32_t device = 0; device < scene_.size(); ++device)
        add_end(device);
    if (state_ == State::running && !view_.last_wave) run_.held = rollout::decide(view_, now()).sentence;
    while (!minutes_.empty() && minutes_.back().offers == 0 && minutes_.back().reports == 0)
        minutes_.pop_back();
    run_.minutes = std::move(minutes_);
}

void Play::add_end(std::uint32_t device) {
    const Actor& actor = actors_.all[device];
    const bool asked = actor.attempt > 0;
    const bool verified = asked && actor.state == install::State::verified;
    run_.device_seconds += verified ? actor.state_at : scene_.horizon;
    if (!asked) return;
    const bool gone = install::after_activation(actor.phase) && habits_.fate(device) == Fate::goes_silent;
    const bool failed = actor.state == install::State::failed || actor.state == install::State::rolled_back;
    run_.gone += gone ? 1 : 0;
    run_.broken += gone || failed ? 1 : 0;
    run_.withdrawn += actor.state == install::State::withdrawn ? 1 : 0;
}

void Play::tell(std::vector<End>& ends) const {
    ends.clear();
    ends.reserve(actors_.all.size());
    for (const Actor& actor : actors_.all)
        ends.push_back(actor.attempt == 0 ? End{}
                                          : End{actor.asked, actor.state_at, actor.state, actor.attempt});
}

Run play(const Scene& scene, const Conditions& conditions, std::vector<End>* ends, const Stop& stop) {
    Play play(scene, conditions);
    Run run = play.run(stop);
    if (ends != nullptr) play.tell(*ends);
    return run;
}

} // namespace oakum::rehearsal
