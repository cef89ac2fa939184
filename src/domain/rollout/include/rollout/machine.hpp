// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/gate.hpp>
#include <rollout/plan.hpp>

#include <array>
#include <span>
#include <string>
#include <vector>

namespace oakum::rollout {

// What can happen to a rollout as a whole.
enum class Event : std::uint8_t {
    submit, // draft is ready for approval
    approve,
    start,
    pause,
    resume,
    proceed,        // the gate of the open wave allows the next one
    open_next_wave, // a person does so
    settle,         // the last wave is open and no device is under way
    finish,
    halt,      // a gate or a person stops it: nothing new is offered, what has not begun is withdrawn
    roll_back, // a person or the plan orders the updated devices back
    rolled_back_all,
    abort // a person ends it; what is under way ends by itself
};
std::string_view to_string(Event event);

struct Transition {
    State from;
    Event event;
    State to;
};
// Everything that is allowed; what is not listed is refused.
std::span<const Transition> transitions();

struct Step {
    State state = State::draft;
    std::uint32_t open_wave = 0;
    bool wave_opened = false;
};
// Errors: conflict, in words ("a paused rollout cannot be started; resume it").
base::Result<Step> apply(State state, std::uint32_t open_wave, std::size_t waves, Event event);

// What a look at the gate of the open wave leads to; nothing: all goes on as it is. Once the last wave is
// open `end` is asked; nothing from it: it is not known yet.
template <class End>
std::optional<Event> next_event(State state, Verdict verdict, bool last_wave, base::TimePoint now, End end) {
    if (state != State::running && state != State::settled) return std::nullopt;
    if (verdict == Verdict::halt) return Event::halt;
    if (state == State::running && !last_wave)
        return verdict == Verdict::proceed ? std::optional(Event::proceed) : std::nullopt;
    const std::optional<EndView> seen = end();
    if (!seen) return std::nullopt;
    if (state == State::running) return may_settle(*seen) ? std::optional(Event::settle) : std::nullopt;
    return may_finish(*seen, now) ? std::optional(Event::finish) : std::nullopt;
}

constexpr bool is_over(State state) {
    return state == State::finished || state == State::rolled_back || state == State::aborted;
}
// New offers are made in these states only.
constexpr bool offers(State state) {
    return state == State::running || state == State::settled;
}

// The table as a diagram for docs/ (Mermaid).
std::string diagram();

} // namespace oakum::rollout
