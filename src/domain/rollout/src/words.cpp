// SPDX-License-Identifier: Apache-2.0
#include <rollout/machine.hpp>
#include <rollout/plan.hpp>

#include <utility>

namespace oakum::rollout {
namespace {

constexpr std::array<std::pair<State, std::string_view>, 11> kStates{
    {{State::draft, "draft"},
     {State::awaiting_approval, "awaiting_approval"},
     {State::scheduled, "scheduled"},
     {State::running, "running"},
     {State::paused, "paused"},
     {State::settled, "settled"},
     {State::finished, "finished"},
     {State::halted, "halted"},
     {State::rolling_back, "rolling_back"},
     {State::rolled_back, "rolled_back"},
     {State::aborted, "aborted"}}};

} // namespace

std::string_view to_string(State state) {
    for (const auto& [value, word] : kStates)
        if (value == state) return word;
    return "draft";
}

base::Result<State> parse_state(std::string_view text) {
    for (const auto& [value, word] : kStates)
        if (word == text) return value;
    return base::invalid("not a state of a rollout: \"" + std::string(text.substr(0, 40)) + "\"");
}

std::string_view to_string(Unproven unproven) {
    return unproven == Unproven::open ? "open" : "ask";
}

base::Result<Unproven> parse_unproven(std::string_view text) {
    for (const Unproven value : {Unproven::ask, Unproven::open})
        if (to_string(value) == text) return value;
    return base::invalid("what follows a wave that proves nothing is \"ask\" or \"open\", not \"" +
                         std::string(text.substr(0, 40)) + "\"");
}

std::string_view to_string(Event event) {
    switch (event) {
    case Event::submit:
        return "submit";
    case Event::approve:
        return "approve";
    case Event::start:
        return "start";
    case Event::pause:
        return "pause";
    case Event::resume:
        return "resume";
    case Event::proceed:
        return "proceed";
    case Event::open_next_wave:
        return "open the next wave";
    case Event::settle:
        return "settle";
    case Event::finish:
        return "finish";
    case Event::halt:
        return "halt";
    case Event::roll_back:
        return "roll back";
    case Event::rolled_back_all:
        return "complete the rollback";
    case Event::abort:
        return "abort";
    }
    return "abort";
}

} // namespace oakum::rollout
