// SPDX-License-Identifier: Apache-2.0
// Whether budgets let devices go out of service.
#include <rollouts/rollouts.hpp>

namespace oakum::rollouts {

bool Rollouts::has_room(const fleet::Glance& device, schedule::Priority priority) const {
    return budgets_ == nullptr || budgets_->room(device, priority);
}

bool Rollouts::has_room_anew(const fleet::Glance& device, schedule::Priority priority) const {
    return budgets_ == nullptr || budgets_->room(device, priority, budgets::Budgets::Itself::left_out);
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

} // namespace oakum::rollouts
