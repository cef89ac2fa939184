// SPDX-License-Identifier: Apache-2.0
#include <connectors/floors.hpp>

namespace oakum::connectors {
namespace {

constexpr std::size_t kMostPolicies = 50;

base::Result<fleet::Selection> selection(const access::Actor& actor, const std::string& query) {
    fleet::Selection selection;
    selection.tenant = fleet::tenant_of(actor);
    selection.scope = fleet::scope_of(actor);
    TRY_VALUE(selection.query, device::parse_query(query));
    return selection;
}

} // namespace

base::Result<FloorPlan> plan_floor(const fleet::Core& core, const Connectors& connectors,
                                   const access::Actor& actor, const std::string& name,
                                   const connector::Floor& floor) {
    TRY_VALUE(const Recorded known, connectors.get(actor, name));
    TRY(connector::check(floor));
    FloorPlan plan;
    plan.words = connector::words(floor);
    plan.devices = connector::devices_of(floor, name);
    plan.below = connector::short_of(floor, name);
    TRY_VALUE(const fleet::Selection all, selection(actor, plan.devices));
    TRY_VALUE(const fleet::Selection below, selection(actor, plan.below));
    TRY_VALUE(const fleet::Selection own, selection(actor, plan.below + " and x.ownership = personal"));
    plan.total = core.fleet.count(all).yes;
    const fleet::Count counted = core.fleet.count(below);
    plan.short_of_it = counted.yes;
    plan.cannot_tell = counted.unknown;
    plan.personal_short = core.fleet.count(own).yes;
    std::vector<std::string> policies;
    for (const fleet::Facet& policy : core.fleet.facet(all, "x.policy", kMostPolicies))
        if (!policy.value.empty()) policies.push_back(policy.value);
    plan.would = management_pages::floor_calls(known.connector, floor, policies);
    return plan;
}

} // namespace oakum::connectors
