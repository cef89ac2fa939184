// SPDX-License-Identifier: Apache-2.0
// Whether budgets let devices go out of service, and the pace of their wave lets them begin.
#include "paces.hpp"

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

bool Rollouts::in_pace(const Running& rollout, const fleet::Glance& device) const {
    if (!rollout.paced) return true;
    const auto wave = wave_of(rollout, device, rollout.open_wave);
    return !wave || !rollout::is_paced(rollout.waves[*wave].pace) ||
           !paces_->slowed({rollout.tenant, rollout.id, *wave}, rollout.waves[*wave].pace);
}

std::optional<Rollouts::Slowed> Rollouts::slowed(shard::DeviceKey device,
                                                 const ports::RolloutRow& rollout) const {
    const auto running = this->running(device.tenant, rollout);
    if (!running.ok() || !running->paced || !rollout::offers(rollout.state)) return std::nullopt;
    std::optional<std::uint32_t> wave;
    core_.fleet.glance(
        device, [&](const fleet::Glance& seen) { wave = wave_of(*running, seen, running->open_wave); });
    if (!wave || !rollout::is_paced(running->waves[*wave].pace)) return std::nullopt;
    const auto slowed = paces_->slowed({device.tenant, rollout.id, *wave}, running->waves[*wave].pace);
    if (!slowed) return std::nullopt;
    Slowed told{rollout::in_words(*slowed, running->waves[*wave].name), {}};
    if (slowed->by == rollout::Slowed::By::rate) told.until = paces_->time_of(slowed->room_from);
    return told;
}

void Rollouts::take_place(shard::DeviceKey device, const ports::DeploymentRow& offer) {
    if (!offer.is_rollback) paces_->take({device.tenant, offer.rollout, offer.wave}, offer.id);
    if (budgets_ != nullptr)
        core_.fleet.glance(device, [&](const fleet::Glance& glance) { budgets_->reserve(glance, offer.id); });
}

void Rollouts::offer_decided(device::TenantId tenant, const std::optional<ports::DeploymentId>& offer) {
    if (!offer) return;
    paces_->decided(*offer);
    if (budgets_ != nullptr) budgets_->release(tenant, *offer);
}

} // namespace oakum::rollouts
