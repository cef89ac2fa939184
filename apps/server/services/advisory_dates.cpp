// SPDX-License-Identifier: Apache-2.0
#include "advisory_dates.hpp"

#include <algorithm>
#include <assessment/proof.hpp>

namespace oakum::server {

using device::TenantId;

namespace {

// The first verified devices of a rollout ran what it was for, or none of them did.
constexpr std::size_t kDeploymentsRead = 20'000, kDevicesLooked = 100;

std::optional<base::TimePoint> first_proof(const Context& context, TenantId tenant, device::DeviceId device,
                                           const std::set<device::SetId>& affected) {
    const auto sets = context.core.history.device_sets(tenant, device);
    const auto deployments = context.core.history.deployments(tenant, device, kAllDeployments);
    if (!sets.ok() || !deployments.ok()) return std::nullopt;
    const assessment::Proof proof(*sets, *deployments);
    std::optional<base::TimePoint> first;
    for (const fleet::RanSubject& ran : fleet::ran_subjects(*sets))
        if (ran.row.to && affected.contains(ran.subject.id) && proof.of(ran) == assessment::Ending::proven)
            first = first ? std::min(*first, *ran.row.to) : *ran.row.to;
    return first;
}

} // namespace

FixDates fix_dates(const Context& context, TenantId tenant, const fleet::Scope& scope,
                   const std::set<device::SetId>& affected,
                   const std::vector<shard::Held<ports::ReleaseRow>>& ends) {
    FixDates dates;
    const auto earliest = [](std::optional<base::TimePoint>& held, std::optional<base::TimePoint> at) {
        if (at && (!held || *at < *held)) held = at;
    };
    for (const auto& release : ends) {
        earliest(dates.available, release->published);
        for (const auto& rollout : context.core.control.list<ports::RolloutRow>(tenant)) {
            if (rollout->plan.release != release->id) continue;
            auto rows = context.core.history.rollout_deployments(tenant, rollout->id, kDeploymentsRead);
            if (!rows.ok()) continue;
            std::erase_if(*rows, [&](const ports::DeploymentRow& row) {
                return row.state != install::State::verified || row.is_rollback ||
                       !context.core.fleet.in_scope({tenant, row.device}, scope);
            });
            std::sort(rows->begin(), rows->end(),
                      [](const auto& a, const auto& b) { return a.state_at < b.state_at; });
            for (std::size_t i = 0; i < std::min(rows->size(), kDevicesLooked); ++i)
                if (const auto at = first_proof(context, tenant, (*rows)[i].device, affected)) {
                    earliest(dates.first_verified, at);
                    break;
                }
        }
    }
    return dates;
}

} // namespace oakum::server
