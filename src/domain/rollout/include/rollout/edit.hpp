// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/plan.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::rollout {

// What a plan says, as one value: who approves or changes a plan means this one. Not its waves alone.
base::Digest256 content_of(const Plan& plan);

// The plan with other waves after those that have opened. `open_wave`: the newest that is open; nothing: none
// is. Errors: conflict, with the wave (one that has opened would be another, or be gone; nothing would
// change); invalid, as check() says it.
base::Result<Plan> edited(const Plan& plan, std::optional<std::uint32_t> open_wave, std::vector<Wave> waves);

// What differs, for people: `wave 3 "quarter": share 25 % instead of 50 %; wave 4 "rest" is new`.
std::string changes_in_words(const std::vector<Wave>& before, const std::vector<Wave>& after);

} // namespace oakum::rollout
