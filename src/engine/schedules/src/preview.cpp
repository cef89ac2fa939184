// SPDX-License-Identifier: Apache-2.0
// What a rule says of the devices that it is for.
#include <schedules/schedules.hpp>

#include <algorithm>
#include <iterator>

namespace oakum::schedules {

using schedule::Interval;
using schedule::Kind;
using schedule::Rule;
using schedule::ZoneRules;

namespace {

constexpr std::size_t kMostPlaces = 20;

// The rule's own times: now, or the next.
std::optional<Interval> next_of(const Rule& rule, const ZoneRules* zone, base::TimePoint now) {
    if (zone == nullptr) return std::nullopt;
    Rule alone = rule;
    alone.kind = Kind::window;
    const schedule::Openings open = schedule::openings({{&alone, zone}}, now);
    const Interval* next = open.at_or_after(now);
    return next == nullptr ? std::nullopt : std::optional(*next);
}

std::string count_of(std::uint64_t devices) {
    return std::to_string(devices) + (devices == 1 ? " device" : " devices");
}

} // namespace

std::shared_ptr<const ZoneRules> Schedules::clock_of(const Rule& rule, const std::string& zone) const {
    if (!rule.zone.empty()) return zones_.find(rule.zone);
    std::shared_ptr<const ZoneRules> clock = zone.empty() ? nullptr : zones_.find(zone);
    return clock || rule.zone_if_unknown.empty() ? clock : zones_.find(rule.zone_if_unknown);
}

Preview Schedules::view(device::TenantId tenant, const fleet::Scope& scope, const Rule& rule) const {
    Preview preview;
    preview.rule = rule;
    const base::TimePoint now = core_.clock.now();
    const auto query = device::parse_query(rule.query);
    if (!query.ok()) {
        preview.warnings.push_back("Its query cannot be read any more, so it binds every device: " +
                                   query.error().text());
        return preview;
    }
    const fleet::Selection whom{tenant, scope, *query};
    preview.devices = core_.fleet.count(whom).yes;
    std::uint64_t without_zone = 0;
    std::uint64_t never = 0;
    for (const fleet::Facet& facet : core_.fleet.facet(whom, device::key::timezone, kMostPlaces)) {
        Preview::Place place;
        place.zone = facet.value;
        place.devices = facet.count;
        std::shared_ptr<const ZoneRules> zone = facet.value.empty() ? nullptr : zones_.find(facet.value);
        place.known = zone != nullptr;
        if (!place.known) without_zone += facet.count;
        const ZoneRules* shown = zone.get();
        const std::shared_ptr<const ZoneRules> clock = clock_of(rule, facet.value);
        place.next = next_of(rule, clock.get(), now);
        if (!place.next) never += facet.count;
        if (place.next)
            place.words =
                schedule::in_words(schedule::local_of(shown != nullptr ? *shown : *clock, place.next->from)) +
                (shown != nullptr ? "" : " (" + clock->name + ")");
        preview.places.push_back(std::move(place));
    }
    const bool window = rule.kind == Kind::window;
    if (rule.zone.empty() && without_zone > 0)
        preview.warnings.push_back(count_of(without_zone) + " without a known time zone: " +
                                   (rule.zone_if_unknown.empty()
                                        ? "this window never opens for them."
                                        : "the clock of " + rule.zone_if_unknown + " is taken.") +
                                   " Set the fact timezone, of devices or of their group.");
    const auto soonest = next_of(rule, &schedule::utc(), now);
    if (!soonest)
        preview.warnings.push_back(window
                                       ? "It never opens again: devices that no other window lets in are not "
                                         "changed at all."
                                       : "It is over, and holds nobody any more.");
    else if (window && never > 0 && without_zone < never)
        preview.warnings.push_back("It never opens again for " + count_of(never) + ".");
    std::string times;
    for (const schedule::Times& each : rule.times)
        times += (times.empty() ? "" : "; ") + schedule::in_words(each);
    preview.sentence =
        std::string(window ? "Installing is allowed " : "Nothing is installed ") + times +
        (rule.zone.empty() ? ", by each device's own clock" : ", by the clock of " + rule.zone) + ", on " +
        (rule.query.empty() ? "all devices" : count_of(preview.devices)) +
        (rule.yields_to
             ? "; rollouts that are " + std::string(schedule::to_string(*rule.yields_to)) +
                   (*rule.yields_to == schedule::Priority::urgent ? " or more" : "") + " do not wait for it"
             : "") +
        ".";
    return preview;
}

base::Result<std::vector<Preview>> Schedules::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, access::Action::policy_read));
    std::vector<Preview> all;
    if (const auto rules = book(fleet::tenant_of(actor)))
        for (const Rule& rule : rules->rules())
            all.push_back(view(fleet::tenant_of(actor), fleet::scope_of(actor), rule));
    return all;
}

base::Result<std::vector<Dates>> Schedules::dates(const access::Actor& actor, base::TimePoint from,
                                                  base::TimePoint to) const {
    TRY(fleet::may_do(actor, access::Action::policy_read));
    if (to <= from || to - from > Dates::kLongest)
        return base::invalid("it is after from, and at most 100 days").at("to");
    std::vector<Dates> all;
    const auto rules = book(fleet::tenant_of(actor));
    if (!rules) return all;
    for (const Rule& rule : rules->rules()) {
        const auto query = device::parse_query(rule.query);
        // One that cannot be read binds every device.
        const fleet::Selection whom{fleet::tenant_of(actor), fleet::scope_of(actor),
                                    query.ok() ? *query : device::parse_query("").value()};
        std::vector<Dates> of_rule;
        for (const fleet::Facet& facet : core_.fleet.facet(whom, device::key::timezone, kMostPlaces)) {
            const auto clock = clock_of(rule, facet.value);
            if (!clock) continue;
            const auto same = std::ranges::find(of_rule, clock->name, &Dates::clock);
            if (same != of_rule.end()) {
                same->devices += facet.count;
                continue;
            }
            Dates& dates = of_rule.emplace_back();
            dates.name = rule.name;
            dates.kind = rule.kind;
            dates.clock = clock->name;
            dates.devices = facet.count;
            for (const schedule::Times& each : rule.times)
                each.add(*clock, from, to, dates.times);
            dates.times = schedule::united(std::move(dates.times));
            if (dates.times.size() > Dates::kMost) {
                dates.more = dates.times.size() - Dates::kMost;
                dates.times.resize(Dates::kMost);
            }
        }
        std::ranges::stable_sort(of_rule, std::ranges::greater(), &Dates::devices);
        std::ranges::move(of_rule, std::back_inserter(all));
    }
    return all;
}

} // namespace oakum::schedules
