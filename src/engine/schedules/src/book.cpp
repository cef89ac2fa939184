// SPDX-License-Identifier: Apache-2.0
#include <schedules/book.hpp>

namespace oakum::schedules {

using schedule::Openings;
using schedule::ZoneRules;

namespace {

// What was worked out longer ago is worked out anew: it looks far enough ahead for that.
constexpr base::Duration kGood = std::chrono::hours(24);

} // namespace

Book::Book(std::vector<schedule::Rule> rules, schedule::Zones& zones)
    : rules_(std::move(rules)), zones_(zones) {
    for (const schedule::Rule& rule : rules_) {
        auto query = device::parse_query(rule.query);
        queries_.push_back(query.ok() ? std::optional(std::move(*query)) : std::nullopt);
        own_zones_.push_back(rule.zone.empty() ? nullptr : zones.find(rule.zone));
        spare_zones_.push_back(rule.zone_if_unknown.empty() ? nullptr : zones.find(rule.zone_if_unknown));
    }
}

std::uint64_t Book::bound(const fleet::Glance& device, schedule::Priority priority) const {
    // Windows add time, so that one that is perhaps not for it opens nothing to a device that has its own; it
    // shuts a device that has none.
    std::uint64_t bits = 0, perhaps = 0;
    bool has_window = false;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        if (!schedule::binds(rules_[i], priority)) continue;
        const device::Truth its =
            queries_[i] ? device::evaluate(*queries_[i], device) : device::Truth::unknown;
        if (its == device::Truth::no) continue;
        const bool window = rules_[i].kind == schedule::Kind::window;
        (window && its == device::Truth::unknown ? perhaps : bits) |= std::uint64_t{1} << i;
        has_window = has_window || (window && its == device::Truth::yes);
    }
    return has_window ? bits : bits | perhaps;
}

std::vector<schedule::Bound> Book::rules_of(std::uint64_t bound, const ZoneRules* zone) const {
    std::vector<schedule::Bound> rules;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        if ((bound >> i & 1) == 0) continue;
        const ZoneRules* clock = zone;
        if (!rules_[i].zone.empty())
            clock = own_zones_[i].get();
        else if (zone == nullptr)
            clock = spare_zones_[i].get();
        // A freeze in a zone that this machine lost is read in UTC rather than left out.
        if (clock == nullptr && rules_[i].kind == schedule::Kind::freeze) clock = &schedule::utc();
        rules.push_back({&rules_[i], clock});
    }
    return rules;
}

std::shared_ptr<const Openings> Book::openings(std::uint64_t bound, const fleet::Glance& device,
                                               base::TimePoint now) const {
    const auto name = device.fact(device::key::timezone);
    // The port keeps each zone, so that its address stays its own.
    const std::shared_ptr<const ZoneRules> zone = name ? zones_.find(*name) : nullptr;
    const Key key{bound, zone.get()};
    {
        base::SharedLock lock(mutex_);
        const auto at = known_.find(key);
        if (at != known_.end() && at->second->from <= now && now - at->second->from < kGood)
            return at->second;
    }
    auto made = std::make_shared<Openings>(schedule::openings(rules_of(bound, zone.get()), now));
    made->zone_known = zone != nullptr;
    base::ExclusiveLock lock(mutex_);
    if (known_.size() >= kMostKnown) known_.clear();
    known_[key] = made;
    return made;
}

Openings Book::between(std::uint64_t bound, std::string_view zone, base::TimePoint from,
                       base::TimePoint to) const {
    const std::shared_ptr<const ZoneRules> known = zone.empty() ? nullptr : zones_.find(zone);
    Openings made = schedule::openings(rules_of(bound, known.get()), from, to - from, to - from);
    made.zone_known = known != nullptr;
    return made;
}

} // namespace oakum::schedules
