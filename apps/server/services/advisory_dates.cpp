// SPDX-License-Identifier: Apache-2.0
#include "advisory_dates.hpp"

#include <algorithm>
#include <assessment/proof.hpp>
#include <set>

namespace oakum::server {

using device::DeviceId;
using device::TenantId;

namespace {

// The first verified devices of a rollout ran what it was for, or none of them did.
constexpr std::size_t kDevicesLooked = 100;

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

// The devices that were the first to be verified, in that order.
std::vector<DeviceId> first_verified(const Context& context, TenantId tenant, const fleet::Scope& scope,
                                     ports::RolloutId rollout) {
    std::set<std::pair<base::TimePoint, DeviceId>> first;
    const base::Status read =
        context.core.history.each_deployment_of(tenant, rollout, [&](const ports::DeploymentRow& row) {
            if (row.state != install::State::verified || row.is_rollback ||
                !context.core.fleet.in_scope({tenant, row.device}, scope))
                return true;
            first.emplace(row.state_at, row.device);
            if (first.size() > kDevicesLooked) first.erase(std::prev(first.end()));
            return true;
        });
    std::vector<DeviceId> devices;
    if (!read.ok()) return devices;
    for (const auto& [at, device] : first)
        devices.push_back(device);
    return devices;
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
            for (const DeviceId device : first_verified(context, tenant, scope, rollout->id))
                if (const auto at = first_proof(context, tenant, device, affected)) {
                    earliest(dates.first_verified, at);
                    break;
                }
        }
    }
    return dates;
}

} // namespace oakum::server
