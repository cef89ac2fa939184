// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/deployment.hpp>
#include <rollout/plan.hpp>

namespace oakum::rollout {

// What a deployment of the plan keeps to. A device is not silent before it had three turns to speak, which
// come `turn` apart; nor, while it waits for its window, before that came: `until_opening` from now.
install::Terms terms_of(const Plan& plan, std::string version, base::Duration turn,
                        base::Duration until_opening);

} // namespace oakum::rollout
