// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <device/facts.hpp>

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

} // namespace oakum::device
