// SPDX-License-Identifier: Apache-2.0
// Which devices a rollout is for: those that it has in scope, that it has not asked yet, that could not go
// back.
#include "waiting.hpp"

#include <fleet/uptake.hpp>
#include <rollouts/needs.hpp>
#include <rollouts/rollouts.hpp>
#include <set>

namespace oakum::rollouts {

using device::TenantId;
using ports::ReleaseRow;
using ports::RolloutRow;
using shard::Held;

fleet::Count Rollouts::in_scope(TenantId tenant, const RolloutRow& rollout) const {
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return {};
    auto query = scope_query(rollout, *release, level_of(core_.control, tenant, release->id));
    return query.ok() ? core_.fleet.count({tenant, {}, std::move(*query)}) : fleet::Count{};
}

std::vector<std::uint32_t> Rollouts::members(TenantId tenant, const RolloutRow& rollout) const {
    waiting_->refresh(tenant, 0);
    auto known = waiting(tenant, rollout);
    return known ? *std::move(known) : count_waiting(tenant, rollout);
}

std::optional<std::vector<std::uint32_t>> Rollouts::waiting(TenantId tenant,
                                                            const RolloutRow& rollout) const {
    // Nothing is offered any more, so nobody waits for it.
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release || release->state == "withdrawn")
        return std::vector<std::uint32_t>(rollout.plan.waves.size());
    Waiting::Count count = waiting_->count(tenant, rollout.id);
    if (count.known == Waiting::Known::counting) return std::nullopt;
    return count.known == Waiting::Known::counted ? std::move(count.devices) : count_waiting(tenant, rollout);
}

base::Status Rollouts::each_waiting(TenantId tenant, const RolloutRow& rollout,
                                    const std::function<void(const fleet::Glance&)>& visit) const {
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return base::not_found("the release of this rollout is gone");
    if (release->target_path.empty())
        return base::conflict("it brings phones to a level of their system, and no agent is asked");
    TRY_VALUE(const Running running,
              running_with_needs(core_.control, tenant, rollout, *release, steered(tenant)));
    core_.fleet.each({tenant, {}, running.scope}, [&](const fleet::Glance& device) {
        if (is_waiting(running, device) && fits(running, device)) visit(device);
    });
    return {};
}

std::vector<std::uint32_t> Rollouts::count_waiting(TenantId tenant, const RolloutRow& rollout) const {
    std::vector<std::uint32_t> waiting(rollout.plan.waves.size());
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return waiting;
    const auto running = running_with_needs(core_.control, tenant, rollout, *release, steered(tenant));
    if (!running.ok()) return waiting;
    core_.fleet.each({tenant, {}, running->scope}, [&](const fleet::Glance& device) {
        if (!is_waiting(*running, device) || !fits(*running, device)) return;
        if (const auto wave = wave_of(*running, device)) ++waiting[*wave];
    });
    return waiting;
}

std::map<std::string, std::uint32_t> Rollouts::without_return(TenantId tenant,
                                                              const RolloutRow& rollout) const {
    std::map<std::string, std::uint32_t> found;
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return found;
    auto query = scope_query(rollout, *release, level_of(core_.control, tenant, release->id));
    if (!query.ok()) return found;
    std::set<std::string, std::less<>> published;
    for (const Held<ReleaseRow>& other : core_.control.list<ReleaseRow>(tenant))
        if (other->name == release->name && other->state == "published") published.insert(other->version);
    core_.fleet.each({tenant, {}, std::move(*query)}, [&](const fleet::Glance& device) {
        const std::string_view runs = device.running_version();
        if (!device.enrolled() || device.fact(fleet::kConnectorKey))
            return; // no phone goes back to an older system
        if (device.desired_rollout() < rollout.id && runs != release->version && !published.contains(runs))
            ++found[std::string(runs)];
    });
    return found;
}

} // namespace oakum::rollouts
