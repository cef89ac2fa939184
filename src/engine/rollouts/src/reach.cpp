// SPDX-License-Identifier: Apache-2.0
// Which devices a rollout is for: those that it has in scope, that it has not asked yet, that could not go
// back.
#include "waiting.hpp"

#include <fleet/uptake.hpp>
#include <rollout/place.hpp>
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

std::uint32_t Rollouts::members(TenantId tenant, const RolloutRow& rollout, std::uint32_t from_ppm,
                                std::uint32_t to_ppm) const {
    waiting_->refresh(tenant, 0);
    const auto known = waiting(tenant, rollout, from_ppm, to_ppm);
    return known ? *known : count_waiting(tenant, rollout, from_ppm, to_ppm);
}

std::optional<std::uint32_t> Rollouts::waiting(TenantId tenant, const RolloutRow& rollout,
                                               std::uint32_t from_ppm, std::uint32_t to_ppm) const {
    // Nothing is offered any more, so nobody waits for it.
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release || release->state == "withdrawn") return 0;
    const Waiting::Count count = waiting_->count(tenant, rollout.id, from_ppm, to_ppm);
    if (count.known == Waiting::Known::counting) return std::nullopt;
    return count.known == Waiting::Known::counted ? count.devices
                                                  : count_waiting(tenant, rollout, from_ppm, to_ppm);
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

std::uint32_t Rollouts::count_waiting(TenantId tenant, const RolloutRow& rollout, std::uint32_t from_ppm,
                                      std::uint32_t to_ppm) const {
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return 0;
    const auto running = running_with_needs(core_.control, tenant, rollout, *release, steered(tenant));
    if (!running.ok()) return 0;
    std::uint32_t waiting = 0;
    core_.fleet.each({tenant, {}, running->scope}, [&](const fleet::Glance& device) {
        if (!is_waiting(*running, device) || !fits(*running, device)) return;
        const std::uint32_t place = rollout::place_of(rollout.key0, rollout.key1, device.id());
        waiting += place >= from_ppm && place < to_ppm ? 1 : 0;
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
