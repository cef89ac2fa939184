// SPDX-License-Identifier: Apache-2.0
#include "names.hpp"

#include <algorithm>

namespace oakum::mender {

void Names::remember(const std::string& name) {
    if (known_.size() < kMostKnown) known_.insert(name);
}

std::size_t Names::bound(std::map<std::string, std::string>& facts, const std::vector<device::Fact>& held,
                         Bringer bringer, base::Duration steady) {
    // The limit counts by the second; a day of it is so many seconds long.
    const base::Duration slowed = steady / (std::chrono::days(1) / std::chrono::seconds(kADay));
    const base::Lock lock(mutex_);
    return std::erase_if(facts, [&](const auto& fact) NO_ANALYSIS {
        const std::string& name = fact.first;
        if (!name.starts_with("x.") || known_.contains(name)) return false;
        const bool is_held = std::ranges::binary_search(held, name, {}, &device::Fact::key);
        if (!is_held && fresh_.take(bringer.high, bringer.low, slowed)) return true;
        remember(name);
        return false;
    });
}

} // namespace oakum::mender
