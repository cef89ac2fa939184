// SPDX-License-Identifier: Apache-2.0
#include "paces.hpp"

#include <rollout/machine.hpp>

namespace oakum::rollouts {

namespace {

// From the last second of a life on, a minute and the second that it may have been in.
constexpr std::int64_t kUnknown = 61;

bool is_paced(const ports::RolloutRow& row) {
    for (const rollout::Wave& wave : row.plan.waves)
        if (rollout::is_paced(wave.pace)) return true;
    return false;
}

} // namespace

std::int64_t Paces::now() const {
    return std::chrono::duration_cast<std::chrono::seconds>(core_.clock.steady()).count();
}

base::TimePoint Paces::time_of(std::int64_t second) const {
    return core_.clock.now() + (std::chrono::seconds(second) - core_.clock.steady());
}

void Paces::start() {
    base::ExclusiveLock lock(mutex_);
    for (const device::TenantId tenant : core_.control.tenants())
        for (const auto& row : core_.control.list<ports::RolloutRow>(tenant))
            if (row->started && !rollout::is_over(row->state))
                before_.emplace(std::pair(tenant, row->id), now() + kUnknown);
}

void Paces::forget_over() {
    base::ExclusiveLock lock(mutex_);
    const auto over = [this](device::TenantId tenant, ports::RolloutId id) {
        const auto row = core_.control.find<ports::RolloutRow>(tenant, id);
        return !row || rollout::is_over(row->state);
    };
    std::erase_if(waves_, [&](const auto& each) {
        return each.second.undecided.empty() && over(std::get<0>(each.first), std::get<1>(each.first));
    });
    std::erase_if(before_, [&](const auto& each) { return each.second <= now(); });
}

template <class Ask> auto Paces::ask(const Wave& wave, Ask ask) const {
    const auto& [tenant, rollout, number] = wave;
    const fleet::LiveFleet::WaveCount count = core_.fleet.wave_count(tenant, rollout, number);
    base::SharedLock lock(mutex_);
    if (const auto kept = waves_.find(wave); kept != waves_.end())
        return ask(count.started, count.pending + kept->second.undecided.size(), kept->second.begun);
    const auto before = before_.find({tenant, rollout});
    return ask(count.started, count.pending, rollout::Begun(before == before_.end() ? 0 : before->second));
}

std::optional<rollout::Slowed> Paces::slowed(const Wave& wave, const rollout::Pace& pace) const {
    return ask(wave, [&](std::uint64_t started, std::uint64_t under_way, const rollout::Begun& begun) {
        return rollout::slowed(pace, started, under_way, begun, now());
    });
}

std::optional<std::uint64_t> Paces::room(const Wave& wave, const rollout::Pace& pace) const {
    return ask(wave, [&](std::uint64_t started, std::uint64_t under_way, const rollout::Begun& begun) {
        return rollout::room(pace, started, under_way, begun, now());
    });
}

void Paces::take(const Wave& wave, ports::DeploymentId offer) {
    const auto& [tenant, rollout, number] = wave;
    const auto row = core_.control.find<ports::RolloutRow>(tenant, rollout);
    if (!row || !is_paced(*row)) return;
    base::ExclusiveLock lock(mutex_);
    const auto before = before_.find({tenant, rollout});
    Kept& kept =
        waves_.try_emplace(wave, Kept{rollout::Begun(before == before_.end() ? 0 : before->second), {}})
            .first->second;
    kept.begun.add(now());
    kept.undecided.insert(offer);
    offers_.emplace(offer, wave);
}

void Paces::decided(ports::DeploymentId offer) {
    base::ExclusiveLock lock(mutex_);
    const auto at = offers_.find(offer);
    if (at == offers_.end()) return;
    if (const auto kept = waves_.find(at->second); kept != waves_.end()) kept->second.undecided.erase(offer);
    offers_.erase(at);
}

} // namespace oakum::rollouts
