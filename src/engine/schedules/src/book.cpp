// SPDX-License-Identifier: Apache-2.0
#include <schedules/book.hpp>

namespace oakum::schedules {

using schedule::Openings;
using schedule::ZoneRules;

namespace {

// What was worked out longer ago is worked out anew: it looks far enough ahead for that.
constexpr base::Duration kGood = std::chrono::hours(24);

} // namespace

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
    auto made = std::make_shared<Openings>(schedule::openings(rules_.with_clocks(bound, zone.get()), now));
    made->zone_known = zone != nullptr;
    base::ExclusiveLock lock(mutex_);
    if (known_.size() >= kMostKnown) known_.clear();
    known_[key] = made;
    return made;
}

Openings Book::between(std::uint64_t bound, std::string_view zone, base::TimePoint from,
                       base::TimePoint to) const {
    const std::shared_ptr<const ZoneRules> known = zone.empty() ? nullptr : zones_.find(zone);
    Openings made = schedule::openings(rules_.with_clocks(bound, known.get()), from, to - from, to - from);
    made.zone_known = known != nullptr;
    return made;
}

} // namespace oakum::schedules
