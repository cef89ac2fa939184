// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception/exception.hpp>

#include <span>

namespace oakum::exception {

enum class Event : std::uint8_t { approved, refused, withdrawn, time_passed };
std::string_view to_string(Event event);

struct Transition {
    State from;
    Event event;
    State to;
};
// Every (state, event) that is allowed; the rest is refused.
std::span<const Transition> table();
// Errors: conflict, in words.
base::Result<State> step(State state, Event event);
bool is_over(State state);

} // namespace oakum::exception
