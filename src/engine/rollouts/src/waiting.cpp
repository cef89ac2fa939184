// SPDX-License-Identifier: Apache-2.0
#include "waiting.hpp"

#include <algorithm>

namespace oakum::rollouts {
namespace {

bool asks_alike(const std::optional<Level>& a, const std::optional<Level>& b) {
    if (!a || !b) return !a && !b;
    return a->floor == b->floor && a->steered == b->steered;
}

bool takes_alike(const RunningWave& a, const RunningWave& b) {
    return a.share_ppm == b.share_ppm && a.query.has_value() == b.query.has_value() &&
           (!a.query || a.query->text == b.query->text);
}

// Whether the two are for the same devices, in the same waves.
bool reaches_alike(const Running& a, const Running& b) {
    const auto oldest = [](const Running& running) {
        return running.min_from ? running.min_from->key() : std::string();
    };
    return a.query.text == b.query.text && a.release == b.release && a.version == b.version &&
           a.models == b.models && a.hw_revisions == b.hw_revisions && oldest(a) == oldest(b) &&
           std::ranges::equal(a.waves, b.waves, takes_alike) && asks_alike(a.level, b.level) &&
           a.key0 == b.key0 && a.key1 == b.key1;
}

} // namespace

bool is_waiting(const Running& rollout, const fleet::Glance& device) {
    // Who has no identity here, or lost it, is asked by nobody, but for phones through their systems.
    const bool known = device.enrolled() ? !device.revoked() : by_level(rollout, device);
    return device.lifecycle() == device::Lifecycle::active && known && !device.hold() &&
           device.desired_rollout() < rollout.id;
}

void Waiting::use(std::shared_ptr<const Board> board) {
    base::Lock lock(mutex_);
    std::map<device::TenantId, Tenant> before;
    before.swap(tenants_);
    for (const Running& running : board->running()) {
        Tenant& tenant = tenants_[running.tenant];
        Kept& kept = tenant.kept[running.id];
        if (const auto was = before.find(running.tenant); was != before.end()) {
            tenant.epochs = was->second.epochs;
            const auto old = was->second.kept.find(running.id);
            if (old != was->second.kept.end() && reaches_alike(*old->second.running, running)) {
                kept = std::move(old->second);
                kept.running = &running;
                continue;
            }
        }
        kept.running = &running;
        begin(kept);
    }
    // A tenant without a rollout goes on taking note: changes that nobody took are no gap.
    board_ = std::move(board);
}

void Waiting::begin(Kept& kept) const {
    kept.waves.assign(kept.running->waves.size(), Roaring());
    kept.next_block = 0;
    kept.rests_on = fleet_.rests_on(kept.running->tenant, kept.running->query);
    for (const RunningWave& wave : kept.running->waves) {
        if (!wave.query) continue;
        const fleet::LiveFleet::RestsOn more = fleet_.rests_on(kept.running->tenant, *wave.query);
        kept.rests_on.software = kept.rests_on.software || more.software;
        kept.rests_on.time = kept.rests_on.time || more.time;
    }
}

void Waiting::refresh(device::TenantId id, std::size_t devices) {
    base::Lock lock(mutex_);
    const auto at = tenants_.find(id);
    if (at == tenants_.end()) return;
    Tenant& tenant = at->second;
    const fleet::LiveFleet::Epochs now = fleet_.epochs(id);
    const bool groups = !tenant.epochs || tenant.epochs->groups != now.groups;
    const bool software = !tenant.epochs || tenant.epochs->software != now.software;
    tenant.epochs = now;
    // What changes from here on is taken in by the next call, whatever a count below has seen of it.
    take_in(id, tenant);
    for (auto& [rollout, kept] : tenant.kept) {
        if (groups || (software && kept.rests_on.software)) begin(kept);
        if (!kept.rests_on.time && kept.next_block && devices > 0) go_on(id, kept, devices);
    }
}

void Waiting::take_in(device::TenantId id, Tenant& tenant) {
    const std::vector<std::uint32_t> changed = fleet_.take_changed(id);
    if (changed.empty()) return;
    // What was not begun to be counted will be seen then.
    if (std::all_of(tenant.kept.begin(), tenant.kept.end(),
                    [](const auto& entry) { return entry.second.next_block == 0U; }))
        return;
    const Roaring slots(changed.size(), changed.data());
    for (auto& [rollout, kept] : tenant.kept)
        for (Roaring& wave : kept.waves)
            wave -= slots;
    fleet_.at_slots(id, changed, [&](std::uint32_t slot, const fleet::Glance& device) NO_ANALYSIS {
        board_->candidates(device, [&](std::uint32_t place) NO_ANALYSIS {
            const Running& running = board_->running()[place];
            if (is_waiting(running, device) && is_for(running, device))
                add(tenant.kept.at(running.id), slot, device);
            return true;
        });
    });
}

void Waiting::go_on(device::TenantId id, Kept& kept, std::size_t& devices) {
    const Running& running = *kept.running;
    std::size_t visited = 0;
    kept.next_block = fleet_.each_from({id, {}, running.scope, fleet::Records::managed}, *kept.next_block,
                                       devices, [&](std::uint32_t slot, const fleet::Glance& device) {
                                           ++visited;
                                           if (is_waiting(running, device) && fits(running, device))
                                               add(kept, slot, device);
                                       });
    devices -= std::min(devices, visited);
}

void Waiting::add(Kept& kept, std::uint32_t slot, const fleet::Glance& device) {
    if (const auto wave = wave_of(*kept.running, device)) kept.waves[*wave].add(slot);
}

Waiting::Count Waiting::count(device::TenantId tenant, ports::RolloutId rollout) const {
    base::Lock lock(mutex_);
    const auto of = tenants_.find(tenant);
    if (of == tenants_.end()) return {};
    const auto at = of->second.kept.find(rollout);
    if (at == of->second.kept.end() || at->second.rests_on.time) return {};
    if (at->second.next_block) return {Known::counting, {}};
    Count count{Known::counted, {}};
    for (const Roaring& wave : at->second.waves)
        count.devices.push_back(static_cast<std::uint32_t>(wave.cardinality()));
    return count;
}

} // namespace oakum::rollouts
