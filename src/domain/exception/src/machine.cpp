// SPDX-License-Identifier: Apache-2.0
#include <exception/machine.hpp>

#include <array>

namespace oakum::exception {
namespace {

constexpr std::array<Transition, 6> kTable{{
    {State::asked, Event::approved, State::approved},
    {State::asked, Event::refused, State::refused},
    {State::asked, Event::withdrawn, State::withdrawn},
    {State::asked, Event::time_passed, State::expired},
    {State::approved, Event::withdrawn, State::withdrawn},
    {State::approved, Event::time_passed, State::expired},
}};

} // namespace

std::string_view to_string(Event event) {
    constexpr std::array<std::string_view, 4> kNames{"approved", "refused", "withdrawn", "time passed"};
    return kNames[static_cast<std::size_t>(event)];
}

std::span<const Transition> table() {
    return kTable;
}

base::Result<State> step(State state, Event event) {
    for (const Transition& transition : kTable)
        if (transition.from == state && transition.event == event) return transition.to;
    const std::string was = state == State::asked ? "is asked for" : "was " + std::string(to_string(state));
    return base::conflict("the exception " + was + " already: it cannot be " + std::string(to_string(event)));
}

bool is_over(State state) {
    return state != State::asked && state != State::approved;
}

} // namespace oakum::exception
