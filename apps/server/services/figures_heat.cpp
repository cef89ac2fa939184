// SPDX-License-Identifier: Apache-2.0
#include "exposure.hpp"
#include "figures.hpp"
#include "past.hpp"

#include <algorithm>
#include <device/query_text.hpp>

namespace oakum::server {

namespace {

std::optional<std::string> fact_in(const std::vector<device::Fact>& facts, std::string_view key) {
    const auto found = std::ranges::find(facts, key, &device::Fact::key);
    return found == facts.end() ? std::nullopt : some(found->value);
}

void sort(api::Heat& heat) {
    std::stable_sort(heat.rows.begin(), heat.rows.end(), [](const auto& a, const auto& b) {
        return std::tuple(b.exploited, b.overdue, b.cannot_tell, b.devices) <
               std::tuple(a.exploited, a.overdue, a.cannot_tell, a.devices);
    });
}

} // namespace

void FiguresService::heat(const access::Actor& actor, api::HeatBy by, std::optional<base::TimePoint> as_of,
                          api::Answer<api::Heat> answer) {
    if (as_of && by == api::HeatBy::site)
        return answer(
            base::invalid("what is counted of sites is not kept by day; of groups it is").at("as_of"));
    auto selection = registry_.selection(actor, "");
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post(
        [this, by, as_of, selection = std::move(*selection), answer = std::move(answer)] {
            if (as_of) return answer(heat_then(selection, *as_of));
            answer(by == api::HeatBy::site ? heat_of_sites(selection)
                                           : heat_of_groups(selection.tenant, selection.scope,
                                                            standings_.by_group(selection.tenant)));
        });
}

base::Result<api::Heat> FiguresService::heat_then(const fleet::Selection& selection,
                                                  base::TimePoint as_of) const {
    const base::TimePoint day = assessment::day_of(as_of);
    TRY_VALUE(const auto first, records_.first_day(selection.tenant, device::GroupId()));
    TRY(check_as_of(as_of, context_.core.clock.now(), first, "groups"));
    TRY_VALUE(const auto rows, records_.figures_of_day(selection.tenant, day));
    if (rows.empty())
        return base::invalid("nothing was counted on " + base::to_date(day) + ": the server was not there")
            .at("as_of");
    api::Heat heat = heat_of_groups(selection.tenant, selection.scope, rows);
    heat.as_of = rows.front().at;
    for (api::Heat::Row& row : heat.rows)
        row.owner.reset(); // whose it was then is not kept
    return heat;
}

api::Heat FiguresService::heat_of_groups(device::TenantId tenant, const fleet::Scope& scope,
                                         const std::vector<ports::FiguresRow>& rows) const {
    api::Heat heat;
    heat.as_of = context_.core.clock.now();
    for (const ports::FiguresRow& from : rows) {
        const auto group = context_.core.control.find<ports::GroupRow>(tenant, from.group);
        const bool seen = scope.empty() || std::find(scope.begin(), scope.end(), from.group) != scope.end();
        if (!group || group->deleted || !seen) continue;
        api::Heat::Row row;
        row.group = api::GroupRef{group->id, group->name};
        row.query = "group = " + device::as_literal(group->name);
        row.owner = fact_in(group->defaults, device::key::owner);
        row.devices = from.devices;
        row.assessed = from.assessed;
        row.exposed = from.exposed;
        row.exploited = from.exploited;
        row.overdue = from.overdue;
        row.cannot_tell = from.cannot_tell;
        row.quiet = from.quiet;
        row.risk = static_cast<double>(from.risk_thousandths) / 1000;
        heat.rows.push_back(std::move(row));
    }
    sort(heat);
    return heat;
}

api::Heat FiguresService::heat_of_sites(const fleet::Selection& selection) const {
    api::Heat heat;
    heat.as_of = context_.core.clock.now();
    std::map<std::string, api::Heat::Row, std::less<>> sites;
    std::map<std::string, std::map<std::string, std::uint64_t>> owners;
    standings_.each(selection, [&](const fleet::Glance& device, const FleetStandings::Stands& stands) {
        if (!stands.counts) return;
        const std::string site(device.fact(device::key::site).value_or(""));
        api::Heat::Row& row = sites[site];
        ++row.devices;
        row.assessed += stands.assessed ? 1 : 0;
        row.exposed += stands.exposed ? 1 : 0;
        row.exploited += stands.exploited ? 1 : 0;
        row.overdue += stands.overdue ? 1 : 0;
        row.cannot_tell += stands.cannot_tell ? 1 : 0;
        row.quiet += device.lifecycle() == device::Lifecycle::quiet ? 1 : 0;
        row.risk += stands.points;
        if (const auto owner = device.fact(device::key::owner)) ++owners[site][std::string(*owner)];
    });
    for (auto& [site, row] : sites) {
        if (!site.empty()) row.site = site;
        row.query = site.empty() ? "not exists(site)" : "site = " + device::as_literal(site);
        const auto& of = owners[site];
        if (const auto most = std::max_element(
                of.begin(), of.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
            most != of.end())
            row.owner = most->first + (of.size() > 1 ? " and others" : "");
        heat.rows.push_back(std::move(row));
    }
    sort(heat);
    return heat;
}

} // namespace oakum::server
