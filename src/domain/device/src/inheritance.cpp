// SPDX-License-Identifier: Apache-2.0
#include <device/inheritance.hpp>

#include <algorithm>
#include <map>
#include <string_view>

namespace oakum::device {

bool replaces(const Fact& learnt, const Fact& held) {
    if (learnt.source != held.source) return learnt.source > held.source;
    return learnt.at >= held.at;
}

void most_specific_first(std::vector<GroupDefaults>& groups) {
    std::sort(groups.begin(), groups.end(), [](const GroupDefaults& a, const GroupDefaults& b) {
        return a.specificity != b.specificity ? a.specificity > b.specificity : a.id < b.id;
    });
}

std::vector<Fact> effective_facts(std::span<const Fact> own, std::vector<GroupDefaults> groups) {
    most_specific_first(groups);
    std::map<std::string_view, Fact> winners;
    for (const GroupDefaults& group : groups)
        for (const Fact& fact : group.defaults) {
            Fact given = fact;
            given.source = FactSource::group;
            given.detail = std::string(group.name);
            winners.emplace(fact.key, std::move(given)); // a less specific one finds the key taken
        }
    for (const Fact& fact : own) {
        const auto at = winners.find(fact.key);
        if (at == winners.end())
            winners.emplace(fact.key, fact);
        else if (fact.source > FactSource::group)
            at->second = fact;
    }
    std::vector<Fact> facts;
    facts.reserve(winners.size());
    for (auto& [key, fact] : winners)
        facts.push_back(std::move(fact));
    return facts;
}

} // namespace oakum::device
