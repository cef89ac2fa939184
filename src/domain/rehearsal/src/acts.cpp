// SPDX-License-Identifier: Apache-2.0
#include <rehearsal/acts.hpp>

namespace oakum::rehearsal {
namespace {

using install::Event;
using install::Phase;
using install::Reason;

struct Doing {
    Event event;
    Seconds at;
    Reason reason = Reason::none;
};

// An agent that keeps windows goes on in one, and says once that it waits for it.
std::optional<Doing> in_window(const Scene& scene, std::uint32_t device, const Journey& from) {
    const Kind& kind = scene.kind(device);
    if (!kind.keeps) return Doing{Event::proceed, from.since};
    const base::TimePoint now = scene.start + std::chrono::seconds(from.since);
    const schedule::Interval* open = scene.openings[kind.openings].at_or_after(now);
    if (open != nullptr && open->from <= now) return Doing{Event::proceed, from.since};
    if (!from.told_shut) return Doing{Event::closed, from.since};
    if (open == nullptr) return std::nullopt;
    const auto opens = std::chrono::ceil<std::chrono::seconds>(open->from - scene.start).count();
    if (opens >= kNever) return std::nullopt;
    return Doing{Event::proceed, static_cast<Seconds>(opens)};
}

Doing download(const Habits& habits, std::uint32_t device, const Journey& from) {
    const Seconds time = habits.download_time(device);
    if (from.attempt == 1 && habits.is_flaky(device))
        return {Event::spent, habits.after_work(device, from.since, 1 + time / 2), Reason::download_failed};
    return {Event::received, habits.after_work(device, from.since, time)};
}

std::optional<Doing> restart(const Habits& habits, std::uint32_t device, const Journey& from) {
    const Fate fate = habits.fate(device);
    if (fate == Fate::goes_silent) return std::nullopt;
    const Seconds up = from.since + habits.restart_time(device);
    if (fate == Fate::falls_back) return Doing{Event::fell_back, up, Reason::health_failed};
    return Doing{Event::came_up, up};
}

std::optional<Doing> doing(const Scene& scene, const Habits& habits, std::uint32_t device,
                           const Journey& from) {
    switch (from.phase) {
    case Phase::idle:
    case Phase::falling_back:
        return std::nullopt;
    case Phase::deciding:
        return Doing{Event::allowed, from.since};
    case Phase::downloading:
        return download(habits, device, from);
    case Phase::staged:
        return Doing{Event::sound, from.since};
    case Phase::waiting:
    case Phase::written:
        return in_window(scene, device, from);
    case Phase::writing: {
        const Seconds end = from.since + habits.write_time(device);
        if (habits.fate(device) == Fate::fails) return Doing{Event::store_failed, end, Reason::write_failed};
        return Doing{Event::stored, end};
    }
    case Phase::activating:
        return Doing{Event::proceed, from.since};
    case Phase::restarting:
        return restart(habits, device, from);
    case Phase::trying:
        return Doing{Event::healthy, from.since};
    case Phase::committing:
        return Doing{Event::committed, from.since};
    case Phase::soaking: {
        const auto soak = std::chrono::ceil<std::chrono::seconds>(scene.plan.soak).count();
        return Doing{Event::soaked, from.since + static_cast<Seconds>(soak)};
    }
    }
    return std::nullopt;
}

} // namespace

std::optional<Act> next_act(const Scene& scene, const Habits& habits, std::uint32_t device, Journey from) {
    for (;;) {
        const std::optional<Doing> next = doing(scene, habits, device, from);
        const std::optional<install::Step> step =
            next ? install::next(from.phase, next->event) : std::nullopt;
        if (!step || next->at == kNever) return std::nullopt;
        from.runs_new = from.runs_new || from.phase == Phase::committing;
        from.told_shut = next->event == Event::closed;
        from.phase = step->to;
        from.since = next->at;
        if (step->report) return Act{from, *step->report, next->reason};
    }
}

Act take_offer(std::uint8_t attempt, Seconds at) {
    // Its metadata and its fit were looked at when the plan was made: a rehearsal is about devices that it is
    // for.
    const install::Step offered = *install::next(Phase::idle, Event::offered);
    const install::Step allowed = *install::next(offered.to, Event::allowed);
    return {{.phase = allowed.to, .attempt = attempt, .since = at}, *allowed.report, Reason::none};
}

} // namespace oakum::rehearsal
