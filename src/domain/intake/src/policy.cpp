// SPDX-License-Identifier: Apache-2.0
#include <intake/policy.hpp>

namespace oakum::intake {

Policy::Policy() {
    for (const Rule& rule : rules())
        asked_[static_cast<std::size_t>(rule.check)] = rule.asked;
}

Policy Policy::strictest() {
    Policy policy;
    policy.asked_.fill(true);
    return policy;
}

base::Result<Policy> Policy::with(const std::map<Check, bool>& changes) const {
    Policy next = *this;
    for (const auto& [check, asked] : changes) {
        if (!asked && rule_of(check).always)
            return base::invalid("this check is asked of every release").at(to_string(check));
        next.asked_[static_cast<std::size_t>(check)] = asked;
    }
    return next;
}

} // namespace oakum::intake
