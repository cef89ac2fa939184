// SPDX-License-Identifier: Apache-2.0
#include "waiting.hpp"

#include <algorithm>
#include <rollout/place.hpp>

namespace oakum::rollouts {
namespace {

bool asks_alike(const std::optional<Level>& a, const std::optional<Level>& b) {
    if (!a || !b) return !a && !b;
    return a->floor == b->floor && a->steered == b->steered;
}

// Whether the two are for the same devices, in the same waves.
bool reaches_alike(const Running& a, const Running& b) {
    const auto oldest = [](const Running& running) {
        return running.min_from ? running.min_from->key() : std::string();
    };
    return a.query.text == b.query.text && a.release == b.release && a.version == b.version &&
           a.models == b.models && a.hw_revisions == b.hw_revisions && oldest(a) == oldest(b) &&
           a.shares_ppm == b.shares_ppm && asks_alike(a.level, b.level) && a.key0 == b.key0 &&
           a.key1 == b.key1;
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
    kept.waves.assign(kept.running->shares_ppm.size(), Roaring());
    kept.next_block = 0;
    kept.rests_on = fleet_.rests_on(kept.running->tenant, kept.running->query);
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
    const std::vector<std::uint32_t>& shares = kept.running->shares_ppm;
    const std::uint32_t place = rollout::place_of(kept.running->key0, kept.running->key1, device.id());
    const auto wave = std::upper_bound(shares.begin(), shares.end(), place);
    if (wave != shares.end()) kept.waves[static_cast<std::size_t>(wave - shares.begin())].add(slot);
}

Waiting::Count Waiting::count(device::TenantId tenant, ports::RolloutId rollout, std::uint32_t from_ppm,
                              std::uint32_t to_ppm) const {
    base::Lock lock(mutex_);
    const auto of = tenants_.find(tenant);
    if (of == tenants_.end()) return {};
    const auto at = of->second.kept.find(rollout);
    if (at == of->second.kept.end() || at->second.rests_on.time) return {};
    if (at->second.next_block) return {Known::counting, 0};
    Count count{Known::counted, 0};
    for (std::size_t i = 0; i < at->second.waves.size(); ++i) {
        const std::uint32_t below = i == 0 ? 0 : at->second.running->shares_ppm[i - 1];
        if (below >= from_ppm && at->second.running->shares_ppm[i] <= to_ppm)
            count.devices += static_cast<std::uint32_t>(at->second.waves[i].cardinality());
    }
    return count;
}

} // namespace oakum::rollouts
