// SPDX-License-Identifier: Apache-2.0
#include <rollout/machine.hpp>

namespace oakum::rollout {
namespace {

using enum State;

constexpr std::array kTransitions{
    Transition{draft, Event::submit, awaiting_approval},
    Transition{draft, Event::start, running},
    Transition{draft, Event::abort, aborted},
    Transition{awaiting_approval, Event::approve, scheduled},
    Transition{awaiting_approval, Event::abort, aborted},
    Transition{scheduled, Event::start, running},
    Transition{scheduled, Event::abort, aborted},
    Transition{running, Event::pause, paused},
    Transition{running, Event::proceed, running},
    Transition{running, Event::open_next_wave, running},
    Transition{running, Event::settle, settled},
    Transition{running, Event::halt, halted},
    Transition{running, Event::roll_back, rolling_back},
    Transition{running, Event::abort, aborted},
    Transition{paused, Event::resume, running},
    Transition{paused, Event::halt, halted},
    Transition{paused, Event::roll_back, rolling_back},
    Transition{paused, Event::abort, aborted},
    Transition{settled, Event::finish, finished},
    Transition{settled, Event::pause, paused},
    Transition{settled, Event::halt, halted},
    Transition{settled, Event::roll_back, rolling_back},
    Transition{settled, Event::abort, aborted},
    Transition{halted, Event::resume, running},
    Transition{halted, Event::roll_back, rolling_back},
    Transition{halted, Event::abort, aborted},
    Transition{finished, Event::roll_back, rolling_back},
    Transition{rolling_back, Event::rolled_back_all, rolled_back},
    Transition{rolling_back, Event::abort, aborted},
};

} // namespace

std::span<const Transition> transitions() {
    return kTransitions;
}

base::Result<Step> apply(State state, std::uint32_t open_wave, std::size_t waves, Event event) {
    for (const Transition& transition : kTransitions) {
        if (transition.from != state || transition.event != event) continue;
        Step step{transition.to, open_wave, false};
        if (event == Event::start) step.wave_opened = true;
        if (event == Event::proceed || event == Event::open_next_wave) {
            if (open_wave + 1 >= waves) return base::conflict("the last wave is open already");
            step.open_wave = open_wave + 1;
            step.wave_opened = true;
        }
        return step;
    }
    std::string possible;
    for (const Transition& transition : kTransitions)
        if (transition.from == state && transition.event != Event::proceed &&
            transition.event != Event::settle && transition.event != Event::finish &&
            transition.event != Event::rolled_back_all)
            possible += (possible.empty() ? "" : ", ") + std::string(to_string(transition.event));
    return base::conflict("cannot " + std::string(to_string(event)) + " a rollout that is " +
                          std::string(to_string(state)) +
                          (possible.empty() ? "; it is over" : "; possible now: " + possible));
}

std::string diagram() {
    std::string text = "stateDiagram-v2\n    [*] --> draft\n";
    for (const Transition& transition : kTransitions)
        text += "    " + std::string(to_string(transition.from)) + " --> " +
                std::string(to_string(transition.to)) + ": " + std::string(to_string(transition.event)) +
                "\n";
    for (const State state : {finished, rolled_back, aborted})
        text += "    " + std::string(to_string(state)) + " --> [*]\n";
    return text;
}

} // namespace oakum::rollout
