// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <updates/standing.hpp>
#include <updates/state.hpp>

#include <optional>
#include <string>

namespace oakum::agent {

// What a device waits for, in words for whoever stands before it.
struct Waiting {
    std::string what;                     // "its window to install gateway 1.5.0"
    std::string why;                      // empty: the first says it all
    std::optional<base::TimePoint> until; // as far as it is known
};

struct Seen {
    updates::AgentState state;
    std::optional<updates::Standing> standing;
    bool runs = false;
    std::uint64_t held = 0; // bytes of the download
    base::TimePoint now{};
};
Waiting waits_for(const Seen& seen);

// "3 h", "12 s"; never negative.
std::string span_text(base::Duration span);
// "2026-11-26T17:40:01Z (12 s ago)", "(in 3 h)".
std::string when(base::TimePoint time, base::TimePoint now);
std::string bytes_text(std::uint64_t bytes);

} // namespace oakum::agent
