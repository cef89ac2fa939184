// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <device/facts.hpp>

#include <algorithm>
#include <span>

namespace oakum::device {

base::Result<Lifecycle> parse_lifecycle(std::string_view text);
base::Result<FactSource> parse_fact_source(std::string_view text);

enum class LifecycleEvent : std::uint8_t { accepted, heard, fell_quiet, retired, enrolled };
std::string_view to_string(LifecycleEvent event);

struct LifecycleStep {
    Lifecycle from;
    LifecycleEvent event;
    Lifecycle to;
};
// Every (state, event) that is allowed; the rest is refused.
std::span<const LifecycleStep> lifecycle_table();
// Errors: conflict, in words.
base::Result<Lifecycle> step(Lifecycle state, LifecycleEvent event);

// The second from which on an active device counts as quiet: it was not heard of for three of its turns, each
// of which is 1 s to 30 years.
constexpr std::int64_t quiet_from(std::int64_t last_heard, std::int64_t cadence) {
    return last_heard + 3 * std::clamp<std::int64_t>(cadence, 1, 1'000'000'000) + 1;
}

} // namespace oakum::device
