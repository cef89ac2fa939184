// SPDX-License-Identifier: Apache-2.0
#include "standings.hpp"

#include <assessment/exposure.hpp>

namespace oakum::server {

using assessment::Standing;

namespace {

constexpr std::array<std::string_view, 3> kContextKeys{device::key::criticality, device::key::exposure,
                                                       device::key::safety};
using Kind = std::tuple<device::SetId, device::SetId, risk::Context, std::uint64_t>;

base::TimePoint first_seen(const fleet::Glance& device) {
    const auto text = device.field(device::Field::first_seen);
    const auto seen = text ? base::parse_time(*text) : base::Result<base::TimePoint>(base::TimePoint::max());
    return seen.ok() ? *seen : base::TimePoint::max();
}

} // namespace

std::vector<ports::FiguresRow> FleetStandings::by_group(device::TenantId tenant) {
    const base::TimePoint now = context_.core.clock.now();
    const auto assessed = assessor_.fleet(tenant);
    base::Lock lock(mutex_);
    assessment::Standings& standings = standings_[tenant];
    standings.begin(assessed, assessor_.deadlines().in_force(tenant));
    const fleet::Census census = context_.core.fleet.census(
        tenant, kContextKeys, standings.lengths().limits(now), assessment::cells_of(*assessed));
    std::vector<const Standing*> of;
    for (const fleet::CensusKind& kind : census.kinds)
        of.push_back(&standings.of(kind.base, kind.delta,
                                   assessment::context_of(kind.values[0], kind.values[1], kind.values[2]),
                                   kind.cell));
    auto rows = assessment::add_up(census, of, standings.lengths(), now);
    standings.end();
    return rows;
}

void FleetStandings::each(const fleet::Selection& selection, const Visit& visit) {
    const base::TimePoint now = context_.core.clock.now();
    // Worked out before devices are looked at, since that holds up their changes.
    std::map<Kind, Standing> known;
    const auto assessed = assessor_.fleet(selection.tenant);
    const auto cells = assessment::cells_by_device(context_.core.fleet, *assessed);
    {
        const auto tallies =
            context_.core.fleet.tally(selection, kContextKeys, assessment::cells_of(*assessed));
        base::Lock lock(mutex_);
        assessment::Standings& standings = standings_[selection.tenant];
        standings.begin(assessed, assessor_.deadlines().in_force(selection.tenant));
        for (const fleet::Tally& tally : tallies) {
            const risk::Context context =
                assessment::context_of(tally.values[0], tally.values[1], tally.values[2]);
            known.try_emplace({tally.base, tally.delta, context, tally.cell},
                              standings.of(tally.base, tally.delta, context, tally.cell));
        }
    }
    context_.core.fleet.each(selection, [&](const fleet::Glance& device) {
        if (device.lifecycle() == device::Lifecycle::unmanaged) return visit(device, {});
        const auto fact = [&](std::string_view key) { return device.fact(key).value_or(std::string_view()); };
        const risk::Context context =
            assessment::context_of(fact(kContextKeys[0]), fact(kContextKeys[1]), fact(kContextKeys[2]));
        const auto cell = cells.find(device.id());
        const auto at = known.find(
            {device.base_set(), device.delta_set(), context, cell == cells.end() ? 0 : cell->second});
        if (at == known.end()) return visit(device, {});
        const Standing& standing = at->second;
        visit(device, {true, standing.assessed, standing.exposed, standing.exploited,
                       !standing.runs_since.empty() && standing.is_overdue(now, first_seen(device)),
                       standing.cannot_tell(), standing.points});
    });
}

} // namespace oakum::server
