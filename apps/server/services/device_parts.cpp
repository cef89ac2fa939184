// SPDX-License-Identifier: Apache-2.0
#include "device_parts.hpp"

#include "exposure.hpp"

#include <algorithm>
#include <array>
#include <assessment/in_force.hpp>

namespace oakum::server {
namespace {

using device::DeviceId;

std::array<device::SetId, 2> sets_of(const fleet::Glance& device) {
    return {device.base_set(), fleet::subject(device.delta_set(), device.base_set()).id};
}

std::string within(const std::string& query, const std::string& more) {
    return query.empty() ? more : "(" + query + ") and " + more;
}

} // namespace

const std::string& past_support(assessment::PastSupport& past, const assessment::AssessedFleet& assessed,
                                const fleet::Glance& device) {
    const auto fact = [&](std::string_view key) { return std::string(device.fact(key).value_or("")); };
    return past.of(fact(device::key::model), fact(device::key::support_end),
                   {assessed.find(device.base_set()), assessed.find(device.delta_set(), device.base_set())});
}

base::Result<std::vector<DeviceId>> devices_of(const Context& context, const fleet::Registry& registry,
                                               const assessment::Assessor& assessor,
                                               const access::Actor& actor, const std::string& query,
                                               const api::Those& those) {
    const api::Part part = those.part;
    std::vector<DeviceId> ids;
    const fleet::LiveFleet& fleet = context.core.fleet;
    const auto all = [&](const std::string& text, const auto& wanted) -> base::Status {
        TRY_VALUE(const fleet::Selection selection, registry.selection(actor, text));
        fleet.each(selection, [&](const fleet::Glance& device) {
            if (device.lifecycle() != device::Lifecycle::unmanaged && wanted(device))
                ids.push_back(device.id());
        });
        return {};
    };
    if (part == api::Part::unknown) {
        // Of all that the list would look at, those of which it is neither yes nor no.
        TRY_VALUE(fleet::Selection listed, registry.selection(actor, query, fleet::Records::listed));
        const device::Query asked = std::exchange(listed.query, device::parse_query("").value());
        const bool of_all = std::ranges::any_of(
            asked.terms, [](const device::Term& term) { return term.field == device::Field::lifecycle; });
        if (of_all) listed.records = fleet::Records::all;
        fleet.each(listed, [&](const fleet::Glance& device) {
            if (device::evaluate(asked, device) == device::Truth::unknown) ids.push_back(device.id());
        });
    } else if (part == api::Part::no_software || part == api::Part::unclear) {
        const auto assessed = assessor.fleet(device::TenantId(actor.tenant));
        const bool unclear = part == api::Part::unclear;
        TRY(all(unclear ? within(query, "cannot_tell") : query, [&](const fleet::Glance& device) {
            // Unclear is what was assessed, and has open questions all the same.
            return std::ranges::any_of(sets_of(device), [&](const device::SetId& id) {
                       const assessment::AssessedSet* set = assessed->find(id);
                       return set != nullptr && (unclear ? set->is_assessed() : !set->components().empty());
                   }) == unclear;
        }));
    } else if (part == api::Part::not_assessed || part == api::Part::partly_assessed) {
        const auto assessed = assessor.fleet(device::TenantId(actor.tenant));
        const bool none = part == api::Part::not_assessed;
        TRY(all(query, [&](const fleet::Glance& device) {
            bool reported = false, any = false, partly = false;
            for (const device::SetId& id : sets_of(device))
                if (const assessment::AssessedSet* set = assessed->find(id)) {
                    reported = reported || !set->components().empty();
                    any = any || set->is_assessed();
                    partly = partly || !set->assessment.not_assessed.empty();
                }
            return none ? reported && !any : any && partly;
        }));
    } else if (part == api::Part::unsupported) {
        const device::TenantId tenant(actor.tenant);
        const auto assessed = assessor.fleet(tenant);
        assessment::PastSupport past(assessor.support().in_force(tenant), context.core.clock.now());
        TRY(all(query,
                [&](const fleet::Glance& device) { return !past_support(past, *assessed, device).empty(); }));
    } else if (part == api::Part::of_fix) {
        TRY_VALUE(const fleet::Selection selection, registry.selection(actor, query));
        const auto assessed = assessor.fleet(selection.tenant);
        TRY_VALUE(const assessment::FixFindings row,
                  findings_of_fix(context, assessor, *assessed, selection, those.fix));
        const assessment::CellsByDevice cells = assessment::cells_by_device(fleet, *assessed);
        TRY(all(query, [&](const fleet::Glance& device) {
            const auto in = cells.find(device.id());
            return assessment::counts(row, device, in == cells.end() ? 0 : in->second);
        }));
    } else {
        TRY_VALUE(const fleet::Selection selection, registry.selection(actor, query));
        const auto assessed = assessor.fleet(selection.tenant);
        const auto releases = context.core.control.list<ports::ReleaseRow>(selection.tenant);
        const assessment::Fixes fixes = assessment::fixes(
            fleet, *assessed, selection, published_offers(context, assessor, selection.tenant));
        const assessment::CellsByDevice cells = assessment::cells_by_device(fleet, *assessed);
        const auto stands = [&](bool assessment::Fixes::Standing::* how) {
            return [&fixes, &cells, how](const fleet::Glance& device) {
                const auto in = cells.find(device.id());
                const auto* standing =
                    assessment::standing_of(fixes, device, in == cells.end() ? 0 : in->second);
                return standing != nullptr && standing->*how;
            };
        };
        using Standing = assessment::Fixes::Standing;
        if (part == api::Part::fixable) {
            TRY(all(query, stands(&Standing::exploited_helped)));
        } else if (part == api::Part::without_fix) {
            const auto exposed = stands(&Standing::exposed), helped = stands(&Standing::helped);
            TRY(all(query, [&](const fleet::Glance& device) { return exposed(device) && !helped(device); }));
        } else {
            // Each step of the funnel: who was offered something, however that ended, and who was not.
            TRY(all(within(query, "deployment != none"), [](const fleet::Glance&) { return true; }));
            std::string waiting = "deployment = none";
            bool any = true;
            if (part == api::Part::in_rollout) {
                const std::string approved = approved_scopes(context, selection.tenant);
                any = !approved.empty();
                waiting += " and " + approved;
            }
            if (any)
                TRY(all(within(query, waiting), part == api::Part::affected
                                                    ? stands(&Standing::exposed)
                                                    : stands(&Standing::exposed_helped)));
        }
    }
    std::ranges::sort(ids);
    return ids;
}

} // namespace oakum::server
