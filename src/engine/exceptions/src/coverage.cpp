// SPDX-License-Identifier: Apache-2.0
#include <device/query_text.hpp>
#include <exceptions/coverage.hpp>

#include <algorithm>
#include <array>

namespace oakum::exceptions {

using assessment::AssessedFleet;
using assessment::AssessedSet;
using assessment::InForce;

namespace {

constexpr std::array<std::string_view, 3> kContextKeys{device::key::criticality, device::key::exposure,
                                                       device::key::safety};

void add(const fleet::LiveFleet& fleet, const AssessedFleet& assessed, device::TenantId tenant,
         std::vector<ports::ExceptionRow> rows, std::map<ports::ExceptionId, Coverage>& out) {
    const InForce all(tenant, *assessed.knowledge, assessment::as_if_approved(std::move(rows)));
    if (all.empty()) return;
    const fleet::Selection everything{tenant, {}, device::parse_query("").value()};
    std::map<const InForce::One*, std::uint64_t> here; // findings of the devices at hand
    for (const fleet::Tally& tally : fleet.tally(everything, {}, all.cells())) {
        here.clear();
        const std::array<const AssessedSet*, 2> layers{assessed.find(tally.base),
                                                       assessed.find(tally.delta, tally.base)};
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (layers[i] == nullptr) continue;
            for (const advisory::SetVerdict& found : layers[i]->assessment.verdicts) {
                const bool affected = found.verdict.verdict == advisory::Verdict::affected;
                if (!affected && found.verdict.verdict != advisory::Verdict::unknown) continue;
                if (i == 1 && layers[0] != nullptr &&
                    layers[0]->covers(layers[1]->components()[found.component]))
                    continue;
                all.each(*layers[i], found, [&](const InForce::One& one) {
                    if (!one.is_on(tally.cell)) return;
                    ++here[&one];
                    if (assessed.knowledge->file.is_exploited(found.verdict.advisory))
                        out[one.row->id].exploited += tally.count;
                });
            }
        }
        for (const auto& [one, findings] : here) {
            out[one->row->id].devices += tally.count;
            out[one->row->id].findings += findings * tally.count;
        }
    }
}

} // namespace

std::vector<Coverage> coverage(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                               device::TenantId tenant, std::vector<ports::ExceptionRow> rows) {
    std::vector<ports::ExceptionId> ids;
    for (const ports::ExceptionRow& row : rows)
        ids.push_back(row.id);
    std::map<ports::ExceptionId, Coverage> found;
    // No more than can be told apart at once.
    for (std::size_t begin = 0; begin < rows.size(); begin += fleet::kMostCells) {
        const auto from = rows.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto to =
            rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), begin + fleet::kMostCells));
        add(fleet, assessed, tenant, {from, to}, found);
    }
    std::vector<Coverage> out;
    for (const ports::ExceptionId id : ids)
        out.push_back(found[id]);
    return out;
}

std::string query_of(const assessment::Knowledge& knowledge, const exception::Wish& wish,
                     std::string_view group) {
    std::string query;
    const auto add = [&](const std::string& part) { query += (query.empty() ? "" : " and ") + part; };
    if (!wish.scope.group.is_zero()) add("group = " + device::as_literal(group));
    if (!wish.scope.query.empty()) add("(" + wish.scope.query + ")");
    if (!wish.subject.advisory.empty()) {
        const auto name = [&](const std::string& id) {
            const auto found = knowledge.file.find(id);
            return device::as_literal(found.empty() ? id : std::string(knowledge.file.id(found.front())));
        };
        const std::vector<std::string> ids = exception::advisories_of(wish.subject);
        std::string names;
        for (const std::string& id : ids)
            names += (names.empty() ? "" : ", ") + name(id);
        add(ids.size() == 1 ? "finding = " + names : "finding in (" + names + ")");
    } else if (!wish.subject.component.empty() && !wish.subject.component.starts_with("pkg:")) {
        add("component(" + device::as_literal(wish.subject.component) + ")");
    }
    return query;
}

ports::FiguresRow figures_with(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                               device::TenantId tenant, device::GroupId group,
                               const std::vector<shard::Held<ports::ExceptionRow>>& in_force,
                               const assessment::Policy& deadlines, base::TimePoint now) {
    auto with = std::make_shared<AssessedFleet>(assessed);
    with->in_force = std::make_shared<const InForce>(tenant, *assessed.knowledge, in_force);
    assessment::Standings standings;
    standings.begin(with, deadlines);
    const fleet::Census census =
        fleet.census(tenant, kContextKeys, standings.lengths().limits(now), with->in_force->cells());
    std::vector<const assessment::Standing*> of;
    for (const fleet::CensusKind& kind : census.kinds)
        of.push_back(&standings.of(kind.base, kind.delta,
                                   assessment::context_of(kind.values[0], kind.values[1], kind.values[2]),
                                   kind.cell));
    for (const ports::FiguresRow& row : assessment::add_up(census, of, standings.lengths(), now))
        if (row.group == group) return row;
    return {};
}

} // namespace oakum::exceptions
