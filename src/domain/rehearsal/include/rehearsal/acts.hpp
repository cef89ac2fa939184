// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/agent.hpp>
#include <rehearsal/habits.hpp>

#include <optional>

namespace oakum::rehearsal {

// Where the agent of a device is with what it was offered.
struct Journey {
    install::Phase phase = install::Phase::idle;
    bool told_shut = false; // it said already that it waits for its window
    bool runs_new = false;  // the new version runs, and is well
    std::uint8_t attempt = 1;
    Seconds since = 0; // by the device's own doing: what it says of it may reach the server later
};

// What an agent does next and tells the server.
struct Act {
    Journey after;
    install::State report = install::State::downloading;
    install::Reason reason = install::Reason::none;
};

// By the agent's own table (install/agent.hpp), as long as it takes the device and as its fate is. Nothing:
// it does nothing more by itself (nothing is asked of it, its window never opens, or it is gone).
std::optional<Act> next_act(const Scene& scene, const Habits& habits, std::uint32_t device, Journey from);

// An offer is taken.
Act take_offer(std::uint8_t attempt, Seconds at);

} // namespace oakum::rehearsal
