// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/cause.hpp>

#include <optional>
#include <string>

namespace oakum::alarm {

// What a person reads of an alarm, on each page, in each message and in the terminal.
// The detail of a rollout that waits for a person who opens its next wave.
inline constexpr std::string_view kAsksForNextWave = "asks";

struct Words {
    std::string what;    // one sentence
    std::string remedy;  // what to do, one or two sentences
    std::string page;    // of the dashboard, where one can do it: "/rollouts/01h..."
    std::string command; // the same in a terminal; empty: there is none
};

// `devices`: how many the reader may see that it concerns now; nothing: that is not known, or it is over.
Words words(const Cause& cause, std::optional<std::uint64_t> devices);

// A part of an address: everything but letters, digits and "-._~" as %XX.
std::string encoded(std::string_view text);

} // namespace oakum::alarm
