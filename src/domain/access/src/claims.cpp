// SPDX-License-Identifier: Apache-2.0
#include <access/claims.hpp>

#include <algorithm>

namespace oakum::access {

const ClaimRule* rule_for(const std::vector<ClaimRule>& table, const Claims& claims) {
    for (const ClaimRule& rule : table) {
        const auto found = claims.find(rule.claim);
        if (found != claims.end() && std::ranges::find(found->second, rule.value) != found->second.end())
            return &rule;
    }
    return nullptr;
}

} // namespace oakum::access
