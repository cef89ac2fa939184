// SPDX-License-Identifier: Apache-2.0
// When devices may install what rollouts bring.
#include "deployments.hpp"
#include "waiting.hpp"

#include <rollout/place.hpp>
#include <rollouts/needs.hpp>
#include <rollouts/rollouts.hpp>

#include <algorithm>
#include <map>

namespace oakum::rollouts {

using ports::RolloutRow;
using schedule::Interval;
using schedule::Openings;

namespace {

// A device is told of the openings of so long a time, so that one without a network keeps to them, and of the
// next one, however far it is.
constexpr base::Duration kTold = std::chrono::hours(24 * 35);
constexpr std::size_t kMostTold = 32;

} // namespace

schedule::Priority priority_of(schedule::Priority planned, bool is_rollback) {
    return is_rollback ? std::max(planned, schedule::Priority::urgent) : planned;
}

void Rollouts::add_windows(shard::DeviceKey device, schedule::Priority priority,
                           fleet::OfferView& offer) const {
    if (schedules_ == nullptr || offer.withdrawn) return;
    std::shared_ptr<const Openings> open;
    core_.fleet.glance(device, [&](const fleet::Glance& glance) {
        open = schedules_->openings(glance, priority_of(priority, offer.is_rollback));
    });
    if (!open || open->always()) return;
    const base::TimePoint now = core_.clock.now();
    offer.as_of = now;
    offer.install_windows.emplace();
    for (const Interval* each = open->at_or_after(now);
         each != nullptr && each != open->open.data() + open->open.size(); ++each) {
        const bool enough = offer.install_windows->size() >= kMostTold ||
                            (!offer.install_windows->empty() && each->from > now + kTold);
        if (enough) break;
        offer.install_windows->push_back({each->from, each->to});
    }
}

schedules::Standing Rollouts::standing(shard::DeviceKey device, schedule::Priority priority) const {
    schedules::Standing standing;
    if (schedules_ == nullptr) return standing;
    core_.fleet.glance(
        device, [&](const fleet::Glance& glance) { standing = schedules_->standing(glance, priority); });
    return standing;
}

bool Rollouts::was_shut(const ports::DeploymentRow& row, shard::DeviceKey device, const RolloutRow& rollout,
                        base::TimePoint now) const {
    if (schedules_ == nullptr || !install::may_wait_on(value_of(row), now)) return false;
    bool opened = true;
    core_.fleet.glance(device, [&](const fleet::Glance& glance) {
        opened = schedules_->opened(glance, priority_of(priority(device.tenant, rollout.id), row.is_rollback),
                                    row.state_at, now);
    });
    return !opened;
}

std::vector<WaveTimes> Rollouts::times(device::TenantId tenant, const RolloutRow& rollout) const {
    std::vector<WaveTimes> waves(rollout.plan.waves.size());
    const auto release = core_.control.find<ports::ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return waves;
    const auto running = running_with_needs(core_.control, tenant, rollout, *release, steered(tenant));
    if (!running.ok()) return waves;
    const base::TimePoint now = core_.clock.now();
    const schedule::Priority priority = this->priority(tenant, rollout.id);
    std::vector<std::map<base::TimePoint, WaveTimes::Later>> later(waves.size());
    core_.fleet.each({tenant, {}, running->scope}, [&](const fleet::Glance& device) {
        if (!is_waiting(*running, device) || !fits(*running, device)) return;
        const auto wave = wave_of(*running, device);
        if (!wave) return;
        WaveTimes& times = waves[*wave];
        const std::shared_ptr<const Openings> open =
            schedules_ == nullptr ? nullptr : schedules_->openings(device, priority);
        if (open && !open->zone_known) ++times.zone_unknown;
        const Interval* next = open ? open->at_or_after(now) : nullptr;
        if (!open || (next != nullptr && next->from <= now)) {
            ++times.now;
        } else if (next == nullptr) {
            ++times.never;
        } else {
            WaveTimes::Later& group = later[*wave][next->from];
            group.from = next->from;
            group.to = std::max(group.to, next->to);
            ++group.devices;
        }
    });
    for (std::size_t i = 0; i < waves.size(); ++i)
        for (const auto& [from, group] : later[i])
            if (waves[i].later.size() < WaveTimes::kMostLater)
                waves[i].later.push_back(group);
            else
                waves[i].after_those += group.devices;
    return waves;
}

} // namespace oakum::rollouts
