// SPDX-License-Identifier: Apache-2.0
#include "devices.hpp"

#include <algorithm>
#include <assessment/proof.hpp>
#include <exceptions/exceptions.hpp>
#include <set>

namespace oakum::server {

using device::DeviceId;
using device::TenantId;

namespace {

api::Finding::State state_of(exception::Kind kind) {
    switch (kind) {
    case exception::Kind::accept:
        return api::Finding::State::accepted;
    case exception::Kind::mitigate:
        return api::Finding::State::mitigated;
    case exception::Kind::not_affected:
        return api::Finding::State::not_affected;
    case exception::Kind::suppress:
        break;
    }
    return api::Finding::State::suppressed;
}

} // namespace

base::Result<api::Page<api::Finding>> worst_first(std::vector<std::pair<double, api::Finding>> found,
                                                  const api::PageRequest& page) {
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.advisory.exploited, a.first) >
               std::pair(b.second.advisory.exploited, b.first);
    });
    std::vector<api::Finding> views;
    for (auto& [points, view] : found)
        views.push_back(std::move(view));
    return page_of(std::move(views), page);
}

void DevicesService::findings(const access::Actor& actor, DeviceId id, api::FindingFilter filter,
                              api::PageRequest page, api::Answer<api::Page<api::Finding>> answer) {
    const auto device = registry_.get(actor, id);
    if (!device.ok()) return answer(device.error());
    context_.background.post([this, tenant = tenant_of(actor), device = *device, id, filter, page,
                              answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const advisory::AdvisoryFile& file = assessed->knowledge->file;
        const risk::Context context = context_of(device.facts);
        const std::uint64_t cell = assessment::cell_of(context_.core.fleet, {tenant, id}, *assessed);
        std::vector<std::pair<double, api::Finding>> found;
        std::set<std::string> open_now;
        // An inventory that says the same as the image is the same set: it counts once.
        std::vector<device::SetId> set_ids{device.row.base_set};
        if (device.row.delta_set != device.row.base_set)
            set_ids.push_back(fleet::subject(device.row.delta_set, device.row.base_set).id);
        for (const device::SetId set_id : set_ids) {
            const assessment::AssessedSet* set = assessed->find(set_id);
            if (set == nullptr) continue;
            const assessment::AssessedSet* image =
                set_id == device.row.base_set ? nullptr : assessed->find(device.row.base_set);
            std::map<std::pair<std::string, device::ComponentId>, base::TimePoint> since;
            for (const fleet::SetFinding& finding : context_.core.software.findings(tenant, set_id))
                since[{finding.advisory, finding.component}] = finding.from;
            for (const advisory::SetVerdict& verdict : set->assessment.verdicts) {
                const component::Component& component = set->components()[verdict.component];
                if (image != nullptr && image->covers(component)) continue;
                const bool affected = verdict.verdict.verdict == advisory::Verdict::affected;
                const bool unknown = verdict.verdict.verdict == advisory::Verdict::unknown;
                const advisory::AdvisoryView about = file.advisory(verdict.verdict.advisory);
                if (affected || unknown) open_now.insert(std::string(about.id));
                const bool wanted = filter == api::FindingFilter::all ||
                                    (filter == api::FindingFilter::open && affected) ||
                                    (filter == api::FindingFilter::unknown && unknown);
                if (!wanted || (!affected && !unknown)) continue;
                const advisory::Evidence evidence = advisory::evidence(file, component, verdict.verdict);
                api::Finding view;
                view.advisory = advisory_ref(about);
                if (about.severity != advisory::Severity::not_scored) view.cvss = about.base_score;
                if (about.epss) view.epss = about.epss->probability;
                view.component = component;
                view.verdict = assessment::stored(verdict.verdict.verdict);
                view.state = affected ? api::Finding::State::open : api::Finding::State::none;
                const assessment::InForce::One* one =
                    assessed->in_force ? assessed->in_force->about(*set, verdict, cell) : nullptr;
                if (one != nullptr) {
                    view.state = state_of(one->wish().kind);
                    view.exception = one->row->id;
                    view.decision = exceptions::words_of(*one->row);
                }
                view.reason = verdict.statement.empty() ? evidence.sentence : verdict.statement;
                const auto known = since.find({std::string(about.id), fleet::component_id(component)});
                view.first_seen = known == since.end() ? device.row.first_seen
                                                       : std::max(known->second, device.row.first_seen);
                if (about.published != base::TimePoint{}) view.disclosed = about.published;
                view.fixed_in = some(evidence.fixed_in);
                const double points =
                    affected ? risk::risk_of(about, verdict.verdict.confidence, context).points : 0;
                found.emplace_back(points, std::move(view));
            }
        }
        if (filter == api::FindingFilter::closed || filter == api::FindingFilter::all) {
            const auto sets = context_.core.history.device_sets(tenant, id);
            if (!sets.ok()) return answer(sets.error());
            const auto deployments = context_.core.history.deployments(tenant, id, kAllDeployments);
            if (!deployments.ok()) return answer(deployments.error());
            const assessment::Proof proof(*sets, *deployments);
            std::set<std::string> seen;
            for (const fleet::RanSubject& piece : fleet::ran_subjects(*sets)) {
                const ports::DeviceSetRow& ran = piece.row;
                const assessment::Ending ending = proof.of(piece);
                if (ending == assessment::Ending::trial || ending == assessment::Ending::unproven) continue;
                const auto rows = context_.core.history.set_findings(tenant, piece.subject.id, true);
                if (!rows.ok()) return answer(rows.error());
                for (const ports::SetFindingRow& row : *rows) {
                    if (row.verdict != ports::Verdict::affected || open_now.contains(row.advisory) ||
                        (!ran.to && !row.to) || !seen.insert(row.advisory).second)
                        continue;
                    api::Finding view;
                    view.advisory.id = row.advisory;
                    if (const auto index = file.find(row.advisory); !index.empty())
                        view.advisory = advisory_ref(file.advisory(index.front()));
                    view.component = context_.core.software.component(tenant, row.component)
                                         .value_or(component::Component{});
                    view.verdict = ports::Verdict::fixed;
                    view.state = api::Finding::State::closed;
                    view.reason =
                        ending == assessment::Ending::proven
                            ? "closed because the device reported the new version and was healthy"
                        : ending == assessment::Ending::reported
                            ? "closed because the device reported other software, outside of any rollout"
                            : "the advisory data changed";
                    view.first_seen = std::max(ran.from, row.from);
                    view.closed = ran.to && row.to ? std::min(*ran.to, *row.to) : ran.to ? ran.to : row.to;
                    found.emplace_back(0, std::move(view));
                }
            }
        }
        answer(worst_first(std::move(found), page));
    });
}

} // namespace oakum::server
