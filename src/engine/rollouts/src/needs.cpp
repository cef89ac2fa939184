// SPDX-License-Identifier: Apache-2.0
#include <device/query_text.hpp>
#include <fleet/needs.hpp>
#include <floor_files/floor_json.hpp>
#include <rollouts/needs.hpp>

#include <functional>
#include <set>

namespace oakum::rollouts {
namespace {

base::Result<device::Query> narrowed(const device::Query& query, const std::string& needs) {
    return device::parse_query(device::both(query.text, needs));
}

} // namespace

// With every fact known that it rests on, the needs hold or do not; in what is known of one, `not` cannot
// tell.
std::string lacking(const device::Query& needs) {
    std::string text;
    std::set<std::string, std::less<>> named;
    for (const device::Term& term : needs.terms) {
        const bool alone = term.field == device::Field::fact || term.field == device::Field::running_version;
        if (!alone) return {};
        if (!term.presence && named.insert(term.name).second) text += "not exists(" + term.name + ") or ";
    }
    return "(" + text + "not (" + needs.text + "))";
}

std::optional<floor::Policy> level_of(const shard::ControlTables& control, device::TenantId tenant,
                                      ports::ReleaseId release) {
    const std::string text = control.document(tenant, level_document(release));
    if (text.empty()) return std::nullopt;
    auto kept = floor_files::read_floor(text);
    return kept.ok() ? std::optional((*std::move(kept)).policy) : std::nullopt;
}

base::Result<Running> running_with_needs(const shard::ControlTables& control, device::TenantId tenant,
                                         const ports::RolloutRow& rollout, const ports::ReleaseRow& release,
                                         std::shared_ptr<const Steered> steered) {
    TRY_VALUE(Running running, running_of(tenant, rollout, release, level_of(control, tenant, release.id),
                                          std::move(steered)));
    const std::string needs = control.document(tenant, fleet::needs_document(release.artifact));
    if (needs.empty()) return running;
    TRY_VALUE(running.query, narrowed(running.query, needs));
    TRY_VALUE(running.scope, narrowed(running.scope, needs));
    return running;
}

} // namespace oakum::rollouts
