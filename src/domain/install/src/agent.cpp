// SPDX-License-Identifier: Apache-2.0
#include <install/agent.hpp>

#include <array>

namespace oakum::install {
namespace {

constexpr std::array<std::string_view, kPhases> phase_words = {
    "idle",       "deciding",   "downloading", "staged",     "waiting", "writing",     "written",
    "activating", "restarting", "trying",      "committing", "soaking", "falling_back"};

constexpr std::array<std::string_view, kEvents> event_words = {
    "offered", "allowed",   "already_runs", "refused",      "unreachable", "spent",    "received",
    "damaged", "sound",     "stored",       "store_failed", "proceed",     "came_up",  "fell_back",
    "healthy", "unhealthy", "committed",    "soaked",       "closed",      "withdrawn"};

using P = Phase;
using E = Event;
using S = State;

constexpr std::array table = {
    Step{P::idle, E::offered, P::deciding, {}},

    Step{P::deciding, E::allowed, P::downloading, S::downloading},
    Step{P::deciding, E::already_runs, P::idle, S::installed},
    Step{P::deciding, E::refused, P::idle, S::failed},
    Step{P::deciding, E::damaged, P::idle, S::failed},
    Step{P::deciding, E::unreachable, P::deciding, {}},
    Step{P::deciding, E::spent, P::idle, S::failed},
    Step{P::deciding, E::withdrawn, P::idle, S::withdrawn},

    Step{P::downloading, E::received, P::staged, S::downloaded},
    Step{P::downloading, E::unreachable, P::downloading, {}},
    Step{P::downloading, E::spent, P::idle, S::failed},
    Step{P::downloading, E::damaged, P::idle, S::failed},
    Step{P::downloading, E::refused, P::idle, S::failed},
    Step{P::downloading, E::withdrawn, P::idle, S::withdrawn},

    Step{P::staged, E::sound, P::waiting, {}},
    Step{P::staged, E::damaged, P::idle, S::failed},
    Step{P::staged, E::refused, P::idle, S::failed},
    Step{P::staged, E::withdrawn, P::idle, S::withdrawn},

    Step{P::waiting, E::proceed, P::writing, S::installing},
    Step{P::waiting, E::closed, P::waiting, S::awaiting_window},
    Step{P::waiting, E::refused, P::idle, S::failed},
    Step{P::waiting, E::withdrawn, P::idle, S::withdrawn},

    Step{P::writing, E::stored, P::written, {}},
    Step{P::writing, E::damaged, P::idle, S::failed},
    Step{P::writing, E::store_failed, P::idle, S::failed},
    Step{P::writing, E::withdrawn, P::idle, S::withdrawn},

    Step{P::written, E::proceed, P::activating, S::rebooting},
    Step{P::written, E::closed, P::written, S::awaiting_window},
    Step{P::written, E::refused, P::idle, S::failed},
    Step{P::written, E::withdrawn, P::idle, S::withdrawn},

    Step{P::activating, E::proceed, P::restarting, {}},
    Step{P::activating, E::store_failed, P::idle, S::failed},
    Step{P::activating, E::came_up, P::trying, {}},
    Step{P::activating, E::fell_back, P::idle, S::rolled_back},

    Step{P::restarting, E::came_up, P::trying, {}},
    Step{P::restarting, E::fell_back, P::idle, S::rolled_back},

    Step{P::trying, E::healthy, P::committing, {}},
    Step{P::trying, E::unhealthy, P::falling_back, {}},
    Step{P::trying, E::fell_back, P::idle, S::rolled_back},

    Step{P::committing, E::committed, P::soaking, S::installed},
    Step{P::committing, E::store_failed, P::falling_back, {}},
    Step{P::committing, E::fell_back, P::idle, S::rolled_back},

    Step{P::soaking, E::soaked, P::idle, S::verified},
    Step{P::soaking, E::unhealthy, P::falling_back, {}},
    Step{P::soaking, E::fell_back, P::idle, S::rolled_back},

    Step{P::falling_back, E::fell_back, P::idle, S::rolled_back},
};

// By phase and event, so that looking one up costs the same wherever it stands.
constexpr std::uint8_t no_step = 255;
constexpr auto step_of = [] {
    std::array<std::array<std::uint8_t, kEvents>, kPhases> steps{};
    for (auto& of_phase : steps)
        of_phase.fill(no_step);
    for (std::size_t i = 0; i < table.size(); ++i)
        steps[static_cast<std::size_t>(table[i].from)][static_cast<std::size_t>(table[i].event)] =
            static_cast<std::uint8_t>(i);
    return steps;
}();
static_assert(table.size() < no_step);

} // namespace

std::string_view to_string(Phase phase) {
    return phase_words.at(static_cast<std::size_t>(phase));
}

base::Result<Phase> parse_phase(std::string_view text) {
    for (std::size_t i = 0; i < kPhases; ++i) {
        if (phase_words[i] == text) return static_cast<Phase>(i);
    }
    return base::invalid("\"" + std::string(text.substr(0, 40)) + "\" is no phase of the agent");
}

std::string_view to_string(Event event) {
    return event_words.at(static_cast<std::size_t>(event));
}

std::span<const Step> agent_table() {
    return table;
}

std::optional<Step> next(Phase phase, Event event) {
    const std::uint8_t step = step_of[static_cast<std::size_t>(phase)][static_cast<std::size_t>(event)];
    return step == no_step ? std::nullopt : std::optional(table[step]);
}

bool can_stop(Phase phase) {
    return next(phase, Event::withdrawn).has_value();
}

bool after_activation(Phase phase) {
    return phase >= Phase::activating;
}

std::string agent_diagram() {
    std::string out = "stateDiagram-v2\n    [*] --> idle\n";
    for (const Step& step : table) {
        out += "    " + std::string(to_string(step.from)) + " --> " + std::string(to_string(step.to)) + ": " +
               std::string(to_string(step.event));
        if (step.report) out += " / report " + std::string(to_string(*step.report));
        out += "\n";
    }
    return out;
}

} // namespace oakum::install
