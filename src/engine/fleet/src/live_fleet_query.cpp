// SPDX-License-Identifier: Apache-2.0
#include "glance.hpp"
#include "plan.hpp"

#include <algorithm>
#include <fleet/live_fleet.hpp>
#include <limits>

namespace oakum::fleet {

template <class Visit> void LiveFleet::blocks(const Selection& selection, Visit visit) const {
    Tenant* tenant = find(selection.tenant);
    if (tenant == nullptr) return;
    Plan plan(*tenant, software_, fleet::groups_of(*tenant, control_), selection);
    for (std::uint32_t b = 0; b < tenant->block_count.load(); ++b) {
        const Block& block = *tenant->blocks[b].load(std::memory_order_acquire);
        visit(*tenant, plan, block, b, plan.evaluate(block));
    }
}

Count LiveFleet::count(const Selection& selection) const {
    Count count;
    blocks(selection, [&](const Tenant&, Plan&, const Block&, std::uint32_t, const Plan::Answer& answer) {
        count.yes += answer.slots.yes.cardinality();
        count.unknown += answer.slots.unknown.cardinality();
        count.total += answer.universe.cardinality();
    });
    return count;
}

std::vector<DeviceId> LiveFleet::page(const Selection& selection, std::optional<DeviceId> after,
                                      std::size_t limit) const {
    // The smallest ids above the cursor, as a heap whose top is the largest of them.
    std::vector<DeviceId> heap;
    if (limit == 0) return heap;
    blocks(selection,
           [&](const Tenant&, Plan&, const Block& block, std::uint32_t, const Plan::Answer& answer) {
               const auto numbers = numbers_of(answer.slots.yes);
               for (std::size_t begin = 0; begin < numbers.size(); begin += kPiece) {
                   base::SharedLock lock(block.mutex);
                   for (std::size_t i = begin; i < std::min(begin + kPiece, numbers.size()); ++i) {
                       const Slot* slot = block.look(static_cast<std::uint16_t>(numbers[i]));
                       if (slot == nullptr || !slot->exists || (after && slot->id <= *after)) continue;
                       if (heap.size() == limit) {
                           if (slot->id >= heap.front()) continue;
                           std::pop_heap(heap.begin(), heap.end());
                           heap.pop_back();
                       }
                       heap.push_back(slot->id);
                       std::push_heap(heap.begin(), heap.end());
                   }
               }
           });
    std::sort_heap(heap.begin(), heap.end());
    return heap;
}

std::vector<DeviceId> LiveFleet::sample(const Selection& selection, std::size_t limit) const {
    std::vector<DeviceId> all;
    const Tenant* tenant = find(selection.tenant);
    if (tenant == nullptr || limit == 0) return all;
    const std::size_t blocks_there = std::max(1U, tenant->block_count.load());
    const std::size_t each = limit / blocks_there + 1;
    blocks(selection,
           [&](const Tenant&, Plan&, const Block& block, std::uint32_t, const Plan::Answer& answer) {
               const auto numbers = numbers_of(answer.slots.yes);
               const std::size_t stride = std::max<std::size_t>(1, numbers.size() / each);
               base::SharedLock lock(block.mutex);
               std::size_t taken = 0;
               for (std::size_t i = stride / 2; i < numbers.size() && taken < each; i += stride)
                   if (const Slot* slot = block.look(static_cast<std::uint16_t>(numbers[i]));
                       slot != nullptr && slot->exists) {
                       all.push_back(slot->id);
                       ++taken;
                   }
           });
    std::vector<DeviceId> spread;
    const std::size_t stride = std::max<std::size_t>(1, all.size() / limit);
    for (std::size_t i = 0; i < all.size() && spread.size() < limit; i += stride)
        spread.push_back(all[i]);
    std::sort(spread.begin(), spread.end());
    return spread;
}

void LiveFleet::each(const Selection& selection, const std::function<void(const Glance&)>& visit) const {
    each_from(selection, 0, std::numeric_limits<std::size_t>::max(),
              [&](std::uint32_t, const Glance& device) { visit(device); });
}

std::optional<std::uint32_t> LiveFleet::each_from(const Selection& selection, std::uint32_t first_block,
                                                  std::size_t enough, const VisitSlot& visit) const {
    Tenant* tenant = find(selection.tenant);
    if (tenant == nullptr) return std::nullopt;
    const auto groups = fleet::groups_of(*tenant, control_);
    Plan plan(*tenant, software_, groups, selection);
    std::size_t visited = 0;
    for (std::uint32_t b = first_block; b < tenant->block_count.load(); ++b) {
        if (visited >= enough) return b;
        const Block& block = *tenant->blocks[b].load(std::memory_order_acquire);
        const auto locals = numbers_of(plan.evaluate(block).slots.yes);
        visited += locals.size();
        at_locals(*tenant, *groups, b, locals, visit);
    }
    return std::nullopt;
}

void LiveFleet::at_locals(const Tenant& tenant, const GroupList& groups, std::uint32_t number,
                          std::span<const std::uint32_t> locals, const VisitSlot& visit) const {
    const Block& block = *tenant.blocks[number].load(std::memory_order_acquire);
    for (std::size_t begin = 0; begin < locals.size(); begin += kPiece) {
        base::SharedLock lock(block.mutex);
        for (std::size_t i = begin; i < std::min(begin + kPiece, locals.size()); ++i) {
            const auto local = static_cast<std::uint16_t>(locals[i] % kBlockSlots);
            const Slot* slot = block.look(local);
            if (slot != nullptr && slot->exists)
                visit(number * kBlockSlots + local, SlotView(tenant, block, local, groups, software_));
        }
    }
}

// ---- what changed

std::vector<std::uint32_t> LiveFleet::take_changed(TenantId id) {
    std::vector<std::uint32_t> slots;
    Tenant& tenant = make(id);
    if (!tenant.watched.exchange(true)) return slots;
    for (std::uint32_t b = 0; b < tenant.block_count.load(); ++b) {
        Block& block = *tenant.blocks[b].load(std::memory_order_acquire);
        {
            base::SharedLock lock(block.mutex);
            if (block.changed.isEmpty()) continue;
        }
        Roaring changed;
        {
            base::ExclusiveLock lock(block.mutex);
            std::swap(changed, block.changed);
        }
        for (const std::uint32_t local : changed)
            slots.push_back(b * kBlockSlots + local);
    }
    return slots;
}

void LiveFleet::at_slots(TenantId id, std::span<const std::uint32_t> slots, const VisitSlot& visit) const {
    Tenant* tenant = find(id);
    if (tenant == nullptr) return;
    const auto groups = fleet::groups_of(*tenant, control_);
    for (std::size_t begin = 0; begin < slots.size();) {
        const std::uint32_t block = slots[begin] / kBlockSlots;
        std::size_t end = begin;
        while (end < slots.size() && slots[end] / kBlockSlots == block)
            ++end;
        if (block < tenant->block_count.load())
            at_locals(*tenant, *groups, block, slots.subspan(begin, end - begin), visit);
        begin = end;
    }
}

LiveFleet::Epochs LiveFleet::epochs(TenantId id) const {
    const Tenant* tenant = find(id);
    return {tenant == nullptr ? 0 : tenant->groups_epoch.load(), software_.epoch()};
}

LiveFleet::RestsOn LiveFleet::rests_on(TenantId id, const device::Query& query) const {
    RestsOn rests;
    const auto add = [&](const device::Query& asked) {
        for (const device::Term& term : asked.terms) {
            using device::Field;
            rests.time = rests.time || term.field == Field::last_seen || term.field == Field::overdue;
            rests.software = rests.software || term.field == Field::component ||
                             term.field == Field::finding || device::is_flag(term.field);
        }
    };
    add(query);
    Tenant* tenant = find(id);
    if (tenant == nullptr) return rests;
    if (rests.software) // what counts as open rests on where decisions hold
        for (const Selection& scope : *software_.decision_scopes(id))
            add(scope.query);
    for (const GroupInfo& group : *fleet::groups_of(*tenant, control_))
        if (group.by_query) add(group.query);
    return rests;
}

} // namespace oakum::fleet
