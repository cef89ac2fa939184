// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/plan.hpp>

namespace oakum::rollout {

// A plan in one word, for plans that leave things out: waves, their gates, and how long is waited.
enum class Care : std::uint8_t { careful, normal, urgent };
// Without a name, a release and a query. Waves that are given without a gate have that of its first wave.
Plan preset(Care care);
// A wave before those of a preset, of the devices that a query selects.
Wave first_wave(std::string query, const Plan& preset);

} // namespace oakum::rollout
