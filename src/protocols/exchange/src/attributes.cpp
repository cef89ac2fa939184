// SPDX-License-Identifier: Apache-2.0
#include <exchange/attributes.hpp>

#include <device/attributes.hpp>
#include <fleet/guests.hpp>
#include <fleet/registry.hpp>

#include <algorithm>
#include <string_view>

namespace oakum::exchange {
namespace {

bool is_below(std::string_view key, std::string_view prefix) {
    return key.starts_with("x.") && key.substr(2).starts_with(prefix);
}

} // namespace

std::map<std::string, std::string> facts_of(const std::map<std::string, std::string>& attributes) {
    std::map<std::string, std::string> facts;
    for (auto& [key, value] : device::facts_of_attributes(attributes))
        if (key.starts_with("x.") && fleet::check_fact(key, value).ok()) facts.emplace(key, value);
    for (const auto& [name, key] : device::attribute_meanings()) {
        const auto said = facts.find("x." + std::string(name));
        if (said != facts.end() && fleet::check_fact(key, said->second).ok())
            facts.emplace(std::string(key), said->second);
    }
    return facts;
}

std::vector<std::string> no_longer_said(const std::vector<device::Fact>& held,
                                        const std::map<std::string, std::string>& facts) {
    constexpr std::string_view own[] = {fleet::kGuestClient, kAsksBeforeInstalling};
    std::vector<std::string> gone;
    for (const device::Fact& fact : held)
        if (fact.source == device::FactSource::reported && fact.key.starts_with("x.") &&
            !is_below(fact.key, kIdentity) && !is_below(fact.key, kProvides) && !facts.contains(fact.key) &&
            std::ranges::find(own, fact.key) == std::end(own))
            gone.push_back(fact.key);
    return gone;
}

Provided newly_provided(const std::vector<device::Fact>& held,
                        const std::map<std::string, std::string>& provides) {
    std::map<std::string, std::string> named;
    for (const auto& [name, value] : provides)
        named.emplace(std::string(kProvides) + name, value);
    Provided provided{facts_of(named), {}};
    for (const device::Fact& fact : held) {
        if (fact.source != device::FactSource::reported || !is_below(fact.key, kProvides)) continue;
        const auto said = provided.facts.find(fact.key);
        if (said == provided.facts.end())
            provided.forget.push_back(fact.key);
        else if (said->second == fact.value)
            provided.facts.erase(said);
    }
    return provided;
}

} // namespace oakum::exchange
