// SPDX-License-Identifier: Apache-2.0
#include <schedule/rulebook.hpp>

namespace oakum::schedule {

Rulebook::Rulebook(std::vector<Rule> rules, Zones& zones) : rules_(std::move(rules)) {
    for (const Rule& rule : rules_) {
        auto query = device::parse_query(rule.query);
        queries_.push_back(query.ok() ? std::optional(std::move(*query)) : std::nullopt);
        own_zones_.push_back(rule.zone.empty() ? nullptr : zones.find(rule.zone));
        spare_zones_.push_back(rule.zone_if_unknown.empty() ? nullptr : zones.find(rule.zone_if_unknown));
    }
}

std::uint64_t Rulebook::bound(const device::DeviceView& device, Priority priority) const {
    // Windows add time, so that one that is perhaps not for it opens nothing to a device that has its own; it
    // shuts a device that has none.
    std::uint64_t bits = 0, perhaps = 0;
    bool has_window = false;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        if (!binds(rules_[i], priority)) continue;
        const device::Truth its =
            queries_[i] ? device::evaluate(*queries_[i], device) : device::Truth::unknown;
        if (its == device::Truth::no) continue;
        const bool window = rules_[i].kind == Kind::window;
        (window && its == device::Truth::unknown ? perhaps : bits) |= std::uint64_t{1} << i;
        has_window = has_window || (window && its == device::Truth::yes);
    }
    return has_window ? bits : bits | perhaps;
}

std::vector<Bound> Rulebook::with_clocks(std::uint64_t bound, const ZoneRules* zone) const {
    std::vector<Bound> rules;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        if ((bound >> i & 1) == 0) continue;
        const ZoneRules* clock = zone;
        if (!rules_[i].zone.empty())
            clock = own_zones_[i].get();
        else if (zone == nullptr)
            clock = spare_zones_[i].get();
        // A freeze in a zone that this machine lost is read in UTC rather than left out.
        if (clock == nullptr && rules_[i].kind == Kind::freeze) clock = &utc();
        rules.push_back({&rules_[i], clock});
    }
    return rules;
}

} // namespace oakum::schedule
