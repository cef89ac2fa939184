// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <budget/budget.hpp>
#include <device/lifecycle.hpp>
#include <rehearsal/acts.hpp>
#include <rehearsal/run.hpp>
#include <rollout/place.hpp>
#include <rollout/recount.hpp>
#include <rollout/terms.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <queue>
#include <set>
#include <vector>

namespace oakum::rehearsal::test {

// The same world, played the plain way: every poll of every device is an event, each thing that a device says
// waits in a queue of its own until it is in reach, the gate is asked in every second and in words, what is
// out of service is counted from the deployments. Slow, and made of none of play()'s code.
class Reference {
  public:
    Reference(const Scene& scene, const Conditions& conditions)
        : scene_(scene), conditions_(conditions), habits_(scene, conditions), devices_(scene.size()),
          out_(scene.groups.size()) {}

    std::vector<End> play() {
        for (std::uint32_t i = 0; i < scene_.size(); ++i) {
            const auto place = rollout::place_of(habits_.key0(), habits_.key1(),
                                                 device::DeviceId(base::Id128{0, std::uint64_t{i} + 1}));
            // The plain way: each wave is asked.
            for (std::uint32_t wave = 0; wave < scene_.plan.waves.size(); ++wave) {
                const rollout::Wave& its = scene_.plan.waves[wave];
                const bool asked = its.query.empty() || (scene_.kind(i).waves & (1U << wave)) != 0;
                if (!devices_[i].wave && asked && place < its.share_ppm) devices_[i].wave = wave;
            }
            if (devices_[i].wave) unasked_[*devices_[i].wave].push_back(i);
            devices_[i].heard = habits_.previous_poll(i, 0);
            const Seconds first = habits_.phase(i);
            events_.push({first == 0 ? habits_.turn(i) : first, i});
        }
        step(rollout::Event::start, 0);
        for (Seconds second = 0; second <= scene_.horizon; ++second) {
            now_ = second;
            std::set<std::uint32_t> today;
            for (; !events_.empty() && events_.top().first == second; events_.pop())
                today.insert(events_.top().second);
            for (const std::uint32_t i : today)
                visit(i);
            look();
            if (rollout::is_over(state_) || (!rollout::offers(state_) && pending() == 0)) break;
        }
        std::vector<End> ends;
        for (const Device& device : devices_)
            ends.push_back(device.asked ? End{*device.asked, seconds(device.deployment.state_at),
                                              device.deployment.state,
                                              static_cast<std::uint8_t>(device.deployment.attempt)}
                                        : End{});
        return ends;
    }

    rollout::State state() const { return state_; }
    std::vector<std::pair<Seconds, rollout::Event>> turns;
    std::uint64_t polls = 0;
    std::vector<std::uint32_t> most_out; // of each group, ever

  private:
    struct Device {
        std::optional<std::uint32_t> wave;
        std::int64_t heard = 0;
        std::optional<Seconds> asked;
        install::Deployment deployment;
        Journey journey;
        std::deque<Act> unsent;
    };

    base::TimePoint time(Seconds at) const { return scene_.start + std::chrono::seconds(at); }
    base::TimePoint now() const { return time(now_); }
    Seconds seconds(base::TimePoint at) const {
        return static_cast<Seconds>(
            std::chrono::duration_cast<std::chrono::seconds>(at - scene_.start).count());
    }
    const schedule::Openings& openings(std::uint32_t i) const {
        return scene_.openings[scene_.kind(i).openings];
    }
    void wake(std::uint32_t i, std::int64_t at) {
        if (at > now_ && at <= scene_.horizon) events_.push({static_cast<Seconds>(at), i});
    }
    install::Terms terms(std::uint32_t i) const {
        const schedule::Interval* next = openings(i).at_or_after(now());
        return rollout::terms_of(scene_.plan, "2.0", std::chrono::seconds(scene_.turn),
                                 next == nullptr ? base::Duration::zero() : next->from - now());
    }
    bool quiet(std::uint32_t i) const {
        return now_ >= device::quiet_from(devices_[i].heard, scene_.kind(i).turn);
    }

    void visit(std::uint32_t i) {
        Device& device = devices_[i];
        act(i);
        const std::uint32_t turn = habits_.turn(i);
        if (now_ % turn == habits_.phase(i)) {
            events_.push({now_ + turn, i});
            if (habits_.in_reach(i, now_)) {
                ++polls;
                device.heard = now_;
                poll(i);
                act(i);
            }
        }
        if (device.asked && device.deployment.deadline && now() >= *device.deployment.deadline) timer(i);
        if (device.asked && device.deployment.deadline) wake(i, seconds(*device.deployment.deadline));
    }

    // What the agent does by now, and what it can say of it.
    void act(std::uint32_t i) {
        Device& device = devices_[i];
        for (;;) {
            const auto next = next_act(scene_, habits_, i, device.journey);
            if (!next || next->after.since > now_) {
                if (next) wake(i, next->after.since);
                break;
            }
            device.journey = next->after;
            device.unsent.push_back(*next);
        }
        while (!device.unsent.empty()) {
            if (!habits_.in_reach(i, now_)) return wake(i, habits_.reach_from(i, now_));
            const Act said = device.unsent.front();
            device.unsent.pop_front();
            tell(i, said);
        }
    }

    void tell(std::uint32_t i, const Act& said) {
        Device& device = devices_[i];
        install::ReportSeen report;
        report.attempt = said.after.attempt;
        report.sequence =
            device.deployment.attempt == said.after.attempt ? device.deployment.sequence + 1 : 1;
        report.state = said.report;
        report.reason = said.reason;
        report.running_version = said.after.runs_new ? "2.0" : "";
        report.healthy = said.reason == install::Reason::none;
        const auto decision = install::decide_report(device.deployment, terms(i), report, now()).value();
        become(i, decision.next);
        if (decision.outcome == install::Outcome::stop) told_to_stop(i);
    }

    void told_to_stop(std::uint32_t i) {
        Device& device = devices_[i];
        const auto stopped = install::next(device.journey.phase, install::Event::withdrawn);
        if (!stopped) return;
        device.unsent.clear();
        device.journey.phase = stopped->to;
        tell(i, {device.journey, *stopped->report, install::Reason::cancelled});
    }

    void poll(std::uint32_t i) {
        Device& device = devices_[i];
        if (!device.asked) return ask(i);
        install::Deployment& deployment = device.deployment;
        if (deployment.state == install::State::cancelling) return told_to_stop(i);
        become(i, install::decide_poll(deployment, terms(i), device.journey.runs_new ? "2.0" : "1.0", true,
                                       now())
                      .next);
        const bool offered =
            deployment.state == install::State::silent ||
            (deployment.state == install::State::offered && now() >= install::earliest_offer(deployment));
        if (offered && device.journey.phase == install::Phase::idle &&
            deployment.attempt > device.journey.attempt)
            take(i);
    }

    void take(std::uint32_t i) {
        const Act taken = take_offer(static_cast<std::uint8_t>(devices_[i].deployment.attempt), now_);
        devices_[i].journey = taken.after;
        devices_[i].unsent.push_back(taken);
    }

    void ask(std::uint32_t i) {
        Device& device = devices_[i];
        const Kind& kind = scene_.kind(i);
        if (!rollout::offers(state_) || !device.wave || *device.wave > open_wave_) return;
        if (!openings(i).may_begin(now(), kind.keeps ? schedule::kAhead : base::Duration::zero())) return;
        for (const std::uint32_t group : kind.groups)
            if (out_[group].size() >= scene_.groups[group].allowed) return;
        const rollout::Pace& pace = scene_.plan.waves[*device.wave].pace;
        std::vector<Seconds>& began = began_[*device.wave];
        const auto lately = std::ranges::count_if(
            began, [this](Seconds at) { return std::int64_t{at} > std::int64_t{now_} - 61; });
        if (pace.max_in_flight > 0 && counts_[*device.wave].pending >= pace.max_in_flight) return;
        if (pace.per_minute > 0 && lately >= rate(pace, began.size())) return;
        began.push_back(now_);
        device.asked = now_;
        device.deployment = install::offer(terms(i), now());
        for (rollout::Counts* counts : {&counts_[*device.wave], &models_[scene_.models[kind.model]]})
            ++counts->started, ++counts->pending;
        note_out(i);
        take(i);
    }

    // Told again: so many minutes at a rate, then at twice that.
    static std::int64_t rate(const rollout::Pace& pace, std::uint64_t began) {
        std::uint64_t rate = pace.per_minute;
        for (std::uint64_t done = 0; pace.doubles_after_minutes > 0; rate *= 2) {
            if (rate >= pace.up_to_per_minute) return pace.up_to_per_minute;
            done += rate * pace.doubles_after_minutes;
            if (began < done) break;
        }
        return static_cast<std::int64_t>(rate);
    }

    void timer(std::uint32_t i) {
        Device& device = devices_[i];
        const bool opened =
            now() <= device.deployment.state_at || openings(i).touches(device.deployment.state_at, now());
        if (install::may_wait_on(device.deployment, now()) && !opened)
            become(i, install::wait_on(device.deployment, terms(i), now()));
        else
            become(i, install::decide_timer(device.deployment, terms(i), now()).next);
    }

    void become(std::uint32_t i, const install::Deployment& next) {
        Device& device = devices_[i];
        const install::State before = device.deployment.state;
        device.deployment = next;
        for (rollout::Counts* counts :
             {&counts_[*device.wave], &models_[scene_.models[scene_.kind(i).model]]}) {
            rollout::recount(*counts, before, next.state);
            if (next.state == install::State::verified && before != next.state) counts->last_verified = now();
        }
        note_out(i);
        if (next.deadline) wake(i, seconds(*next.deadline));
    }

    void note_out(std::uint32_t i) {
        most_out.resize(scene_.groups.size());
        for (const std::uint32_t group : scene_.kind(i).groups) {
            if (budget::out_of_service(devices_[i].deployment.state))
                out_[group].insert(i);
            else
                out_[group].erase(i);
            most_out[group] = std::max(most_out[group], static_cast<std::uint32_t>(out_[group].size()));
        }
    }

    std::uint32_t pending() const {
        std::uint32_t count = 0;
        for (const auto& [wave, counts] : counts_)
            count += counts.pending;
        return count;
    }

    // Active devices of a wave that were not asked: looked at one by one.
    std::uint32_t waiting(std::size_t wave) {
        std::erase_if(unasked_[wave], [this](std::uint32_t i) { return devices_[i].asked.has_value(); });
        return static_cast<std::uint32_t>(
            std::ranges::count_if(unasked_[wave], [this](std::uint32_t i) { return !quiet(i); }));
    }

    void look() {
        if (!rollout::offers(state_)) return;
        rollout::GateView view;
        const auto& waves = scene_.plan.waves;
        view.gate = waves[open_wave_].gate;
        view.wave_index = open_wave_;
        view.chosen = !waves[open_wave_].query.empty();
        view.wave = counts_[open_wave_];
        for (const auto& [model, counts] : models_)
            view.models.emplace_back(model, counts);
        view.members = view.wave.started + waiting(open_wave_);
        view.last_wave = open_wave_ + 1 == waves.size();
        view.opened_at = opened_at_;
        const rollout::GateDecision said = rollout::decide(view, now());
        const auto end = [&]() -> std::optional<rollout::EndView> {
            rollout::EndView seen{{}, 0, settled_at_};
            for (std::size_t wave = 0; wave < waves.size(); ++wave)
                seen.waiting += waiting(wave);
            for (const auto& [wave, counts] : counts_)
                seen.whole = seen.whole + counts;
            return seen;
        };
        if (const auto event = rollout::next_event(state_, said.verdict, view.last_wave, now(), end))
            return step(*event, now_);
        if (!said.asks || view.last_wave || !conditions_.person_after) {
            asked_at_.reset();
        } else {
            if (!asked_at_) asked_at_ = now_;
            const bool unwell = said.sentence.find("of this wave did not make it") != std::string::npos;
            if (now_ >= *asked_at_ + *conditions_.person_after)
                step(unwell ? rollout::Event::halt : rollout::Event::open_next_wave, now_);
        }
    }

    void step(rollout::Event event, Seconds at) {
        const auto next = rollout::apply(state_, open_wave_, scene_.plan.waves.size(), event).value();
        state_ = next.state;
        open_wave_ = next.open_wave;
        turns.emplace_back(at, event);
        asked_at_.reset();
        if (event == rollout::Event::settle) settled_at_ = now();
        if (next.wave_opened) opened_at_ = now();
        if (event != rollout::Event::halt) return;
        for (std::uint32_t i = 0; i < scene_.size(); ++i)
            if (devices_[i].asked && !install::is_terminal(devices_[i].deployment.state))
                become(i, install::decide_withdraw(devices_[i].deployment, terms(i), now()).next);
    }

    const Scene& scene_;
    const Conditions conditions_;
    const Habits habits_;
    std::vector<Device> devices_;
    std::vector<std::set<std::uint32_t>> out_;
    std::map<std::size_t, std::vector<std::uint32_t>> unasked_;
    std::priority_queue<std::pair<Seconds, std::uint32_t>, std::vector<std::pair<Seconds, std::uint32_t>>,
                        std::greater<>>
        events_;
    Seconds now_ = 0;
    rollout::State state_ = rollout::State::draft;
    std::uint32_t open_wave_ = 0;
    base::TimePoint opened_at_{};
    std::optional<base::TimePoint> settled_at_;
    std::optional<Seconds> asked_at_;
    std::map<std::size_t, rollout::Counts> counts_;
    std::map<std::size_t, std::vector<Seconds>> began_; // by wave
    std::map<std::string, rollout::Counts> models_;
};

} // namespace oakum::rehearsal::test
