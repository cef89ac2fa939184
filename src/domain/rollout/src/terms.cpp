// SPDX-License-Identifier: Apache-2.0
#include <rollout/terms.hpp>

#include <algorithm>

namespace oakum::rollout {

install::Terms terms_of(const Plan& plan, std::string version, base::Duration turn,
                        base::Duration until_opening) {
    constexpr int turns = 3;
    install::Terms terms;
    terms.version = std::move(version);
    terms.soak = plan.soak;
    terms.step_timeout = std::max<base::Duration>(plan.step_timeout, turns * turn);
    terms.budget.install = plan.max_attempts;
    terms.wait_timeout += std::max(until_opening, base::Duration::zero());
    return terms;
}

} // namespace oakum::rollout
