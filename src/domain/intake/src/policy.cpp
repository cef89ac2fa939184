// SPDX-License-Identifier: Apache-2.0
#include <intake/policy.hpp>

#include <algorithm>

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

base::Result<Policy> Policy::with(Signer signer) const {
    TRY(check(signer));
    Policy next = *this;
    const auto at = std::ranges::lower_bound(next.signers_, signer.name, {}, &Signer::name);
    if (at != next.signers_.end() && at->name == signer.name)
        *at = std::move(signer);
    else if (next.signers_.size() >= kMostSigners)
        return base::conflict("there are " + std::to_string(kMostSigners) + " signers already");
    else
        next.signers_.insert(at, std::move(signer));
    return next;
}

base::Result<Policy> Policy::without(std::string_view signer) const {
    Policy next = *this;
    if (std::erase_if(next.signers_, [&](const Signer& each) { return each.name == signer; }) == 0)
        return base::not_found("nobody of that name is trusted");
    return next;
}

} // namespace oakum::intake
