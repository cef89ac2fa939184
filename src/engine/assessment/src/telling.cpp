// SPDX-License-Identifier: Apache-2.0
// What people decided, and what could not be assessed, told to queries.
#include <assessment/assessor.hpp>

namespace oakum::assessment {

using device::SetId;
using device::TenantId;

namespace {

void add(fleet::Where& where, std::uint64_t cell) {
    if (cell == 0)
        where.everywhere = true;
    else
        where.scopes |= cell;
}

std::vector<fleet::DecidedFinding> decided(const InForce& in_force, const AssessedSet& set) {
    std::vector<fleet::DecidedFinding> all;
    for (const advisory::SetVerdict& found : set.assessment.verdicts) {
        fleet::Decision decision;
        in_force.each(set, found, [&](const InForce::One& one) {
            const exception::Kind kind = one.wish().kind;
            if (is_open_under(kind)) return;
            add(decision.closed, one.cell);
            if (kind == exception::Kind::not_affected) add(decision.ruled_out, one.cell);
        });
        if (decision == fleet::Decision()) continue;
        all.push_back({std::string(set.knowledge->file.id(found.verdict.advisory)),
                       set.contents->ids[found.component], decision});
    }
    return all;
}

} // namespace

void Assessor::tell_decisions(TenantId tenant, const Assessed* only) {
    base::Lock one_at_a_time(telling_mutex_);
    const std::shared_ptr<const AssessedFleet> newest = fleet(tenant);
    std::shared_ptr<const InForce>& told = told_[tenant];
    if (!newest->in_force || (newest->in_force->empty() && (!told || told->empty()))) return;
    const InForce& in_force = *newest->in_force;
    const bool whole = only == nullptr || told != newest->in_force;
    fleet::DecidedFindings of;
    const auto add = [&](SetId subject) {
        const auto set = newest->sets.find(subject);
        if (set == newest->sets.end()) return;
        auto those = decided(in_force, *set->second);
        if (!whole || !those.empty()) of[subject] = std::move(those);
    };
    if (!in_force.empty()) {
        if (whole)
            for (const auto& [subject, set] : newest->sets)
                add(subject);
        else
            for (const auto& [subject, outcome] : *only)
                add(subject.id);
    }
    const auto cells = in_force.cells();
    core_.software.publish_decisions(
        tenant, std::make_shared<const std::vector<fleet::Selection>>(cells.begin(), cells.end()), of, whole);
    told = newest->in_force;
}

void Assessor::tell_unassessed(TenantId tenant, const Assessed& assessed, bool whole) {
    std::vector<std::pair<SetId, bool>> of;
    for (const auto& [subject, outcome] : assessed)
        if (const bool nothing = outcome.set->assessment.nothing_assessed; nothing || !whole)
            of.emplace_back(subject.id, nothing);
    core_.software.publish_unassessed(tenant, of, whole);
}

} // namespace oakum::assessment
