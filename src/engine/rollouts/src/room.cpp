// SPDX-License-Identifier: Apache-2.0
// Whether budgets let devices go out of service.
#include "waiting.hpp"

#include <rollout/place.hpp>
#include <rollouts/rollouts.hpp>

namespace oakum::rollouts {

bool Rollouts::has_room(const fleet::Glance& device, schedule::Priority priority) const {
    return budgets_ == nullptr || budgets_->room(device, priority);
}

std::optional<budgets::Full> Rollouts::full(shard::DeviceKey device, schedule::Priority priority) const {
    std::optional<budgets::Full> none;
    if (budgets_ != nullptr)
        core_.fleet.glance(device,
                           [&](const fleet::Glance& glance) { none = budgets_->full(glance, priority); });
    return none;
}

void Rollouts::take_place(shard::DeviceKey device, ports::DeploymentId offer) {
    if (budgets_ != nullptr)
        core_.fleet.glance(device, [&](const fleet::Glance& glance) { budgets_->reserve(glance, offer); });
}

void Rollouts::offer_decided(device::TenantId tenant, const std::optional<ports::DeploymentId>& offer) {
    if (budgets_ != nullptr && offer) budgets_->release(tenant, *offer);
}

std::map<std::string, Rollouts::Crowded> Rollouts::crowded(device::TenantId tenant,
                                                           const ports::RolloutRow& rollout) const {
    std::map<std::string, Crowded> crowded;
    const auto release = core_.control.find<ports::ReleaseRow>(tenant, rollout.plan.release);
    if (budgets_ == nullptr || !release || !rollout::offers(rollout.state)) return crowded;
    const auto running = running_of(tenant, rollout, *release);
    if (!running.ok()) return crowded;
    const schedule::Priority priority = this->priority(tenant, rollout.id);
    core_.fleet.each({tenant, {}, running->scope}, [&](const fleet::Glance& device) {
        if (!is_waiting(*running, device) || device.has_deployment() || !fits(*running, device) ||
            rollout::place_of(rollout.key0, rollout.key1, device.id()) >= running->open_share_ppm)
            return;
        const auto none = budgets_->full(device, priority);
        if (!none) return;
        Crowded& by = crowded[none->budget];
        if (by.devices++ == 0) by.example = in_words(*none);
    });
    return crowded;
}

} // namespace oakum::rollouts
