// SPDX-License-Identifier: Apache-2.0
// The leaves of a plan, read of one block.
#include "glance.hpp"
#include "plan.hpp"

#include <algorithm>

namespace oakum::fleet {
namespace {

using device::Compare;
using device::Field;
using device::Truth;

Truth compare_seconds(const device::Term& term, std::uint32_t seconds) {
    if (seconds == 0) return Truth::unknown;
    const auto one = [&](const device::Literal& literal) {
        if (!literal.time) return Truth::unknown;
        const std::int64_t wanted = base::unix_seconds(*literal.time), have = seconds;
        bool holds = false;
        switch (term.compare) {
        case Compare::equal:
        case Compare::not_equal:
            holds = have == wanted;
            break;
        case Compare::less:
            holds = have < wanted;
            break;
        case Compare::less_equal:
            holds = have <= wanted;
            break;
        case Compare::greater:
            holds = have > wanted;
            break;
        case Compare::greater_equal:
            holds = have >= wanted;
            break;
        }
        return holds ? Truth::yes : Truth::no;
    };
    Truth truth = Truth::no;
    for (const device::Literal& literal : term.values)
        truth = device::either(truth, one(literal));
    return term.compare == Compare::not_equal ? device::opposite(truth) : truth;
}

void file(Slots& slots, std::uint16_t local, Truth truth) {
    if (truth == Truth::yes)
        slots.yes.add(local);
    else if (truth == Truth::unknown)
        slots.unknown.add(local);
}

} // namespace

Truth Plan::truth_of(Leaf& leaf, std::uint32_t value) {
    std::uint8_t& said = leaf.memo.at(value);
    if (said == 0)
        said = static_cast<std::uint8_t>(
            1 + static_cast<int>(device::compare_value(leaf.term, tenant_.values.at(value))));
    return static_cast<Truth>(said - 1);
}

void Plan::by_value(Leaf& leaf, const Inverted& index, Slots& into) {
    for (const auto& [value, slots] : index.by_value) {
        const Truth truth = truth_of(leaf, value);
        if (truth == Truth::yes)
            into.yes |= slots;
        else if (truth == Truth::unknown)
            into.unknown |= slots;
    }
}

void Plan::read_sets(const Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    const auto truth_of = [&](std::uint32_t set) {
        return set < leaf.by_set.size() ? leaf.by_set[set] : Truth::unknown;
    };
    // Zero where there is none, or none that could be assessed.
    const auto telling = [&](std::uint32_t set) {
        return set < leaf.unassessed.size() && leaf.unassessed[set] ? 0U : set;
    };
    if (!block.base_sets.on || !block.delta_sets.on) {
        for (const std::uint32_t local : block.used) {
            const Slot& slot = *block.look(static_cast<std::uint16_t>(local));
            const std::uint32_t base = telling(slot.base_set), delta = telling(slot.delta_set);
            Truth truth = Truth::unknown;
            if (base != 0 && delta != 0)
                truth = device::either(truth_of(base), truth_of(delta));
            else if (base != 0 || delta != 0)
                truth = truth_of(std::max(base, delta));
            file(into.slots, static_cast<std::uint16_t>(local), truth);
        }
        return;
    }
    Roaring reported;
    for (const Inverted* layer : {&block.base_sets, &block.delta_sets})
        for (const auto& [set, slots] : layer->by_value) {
            if (telling(set) == 0) continue;
            reported |= slots;
            const Truth truth = truth_of(set);
            if (truth == Truth::yes)
                into.slots.yes |= slots;
            else if (truth == Truth::unknown)
                into.slots.unknown |= slots;
        }
    into.slots.unknown |= block.used - reported;
    into.slots.unknown -= into.slots.yes;
}

void Plan::read_overdue(const Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    const auto of = [&](std::uint32_t set) {
        return set < leaf.overdue.size() ? leaf.overdue[set] : Software::Overdue();
    };
    if (!block.base_sets.on || !block.delta_sets.on) {
        for (const std::uint32_t local : block.used) {
            const Slot& slot = *block.look(static_cast<std::uint16_t>(local));
            file(into.slots, static_cast<std::uint16_t>(local),
                 slot.base_set == 0 && slot.delta_set == 0
                     ? Truth::unknown
                     : device::either(fleet::truth_of(of(slot.base_set), slot.first_seen),
                                      fleet::truth_of(of(slot.delta_set), slot.first_seen)));
        }
        return;
    }
    Roaring reported;
    for (const Inverted* layer : {&block.base_sets, &block.delta_sets})
        for (const auto& [set, slots] : layer->by_value) {
            reported |= slots;
            const Software::Overdue overdue = of(set);
            if (overdue.surely == base::TimePoint{} && overdue.perhaps == base::TimePoint{}) continue;
            for (const std::uint32_t local : slots)
                file(into.slots, static_cast<std::uint16_t>(local),
                     fleet::truth_of(overdue, block.look(static_cast<std::uint16_t>(local))->first_seen));
        }
    into.slots.unknown |= block.used - reported;
    into.slots.unknown -= into.slots.yes;
}

void Plan::read_empty(const Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    const auto is_empty = [&](std::uint32_t set) { return set >= leaf.empty.size() || leaf.empty[set]; };
    if (!block.base_sets.on || !block.delta_sets.on) {
        for (const std::uint32_t local : block.used) {
            const Slot& slot = *block.look(static_cast<std::uint16_t>(local));
            if (is_empty(slot.base_set) && is_empty(slot.delta_set)) into.slots.yes.add(local);
        }
        return;
    }
    into.slots.yes = block.used;
    for (const Inverted* layer : {&block.base_sets, &block.delta_sets})
        for (const auto& [set, slots] : layer->by_value)
            if (!is_empty(set)) into.slots.yes -= slots;
}

void Plan::read_field(const Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    const device::Term& term = leaf.term;
    // A condition on one of a few words: the words that it holds for.
    const auto holds = [&](std::string_view word) { return device::compare_value(term, word) == Truth::yes; };
    const Roaring& used = block.used;
    const auto flag = [&](const Roaring& set) REQUIRES_SHARED(block.mutex) {
        if (term.presence || holds("yes")) into.slots.yes |= set;
        if (term.presence || holds("no")) into.slots.yes |= used - set;
    };
    switch (term.field) {
    case Field::lifecycle:
        for (std::size_t i = 0; i < block.lifecycles.size(); ++i)
            if (term.presence || holds(device::to_string(static_cast<device::Lifecycle>(i))))
                into.slots.yes |= block.lifecycles[i];
        return;
    case Field::hold:
        return flag(block.held);
    case Field::revoked:
        return flag(block.revoked);
    case Field::clone:
        return flag(block.clones);
    case Field::enrolled:
        return flag(block.enrolled);
    case Field::rollout: {
        std::unordered_map<std::uint32_t, bool> known; // the fleet has few rollouts: each is compared once
        for (const std::uint32_t local : used) {
            const std::uint32_t value = block.look(static_cast<std::uint16_t>(local))->rollout;
            const auto [at, fresh] = known.try_emplace(value, false);
            if (fresh)
                at->second =
                    term.presence ? value != 0 : holds(value == 0 ? "none" : tenant_.values.at(value));
            if (at->second) into.slots.yes.add(local);
        }
        return;
    }
    case Field::deployment: {
        Roaring none = block.used;
        for (std::size_t i = 0; i < block.deploying.size(); ++i) {
            none -= block.deploying[i];
            if (term.presence || holds(install::to_string(static_cast<install::State>(i))))
                into.slots.yes |= block.deploying[i];
        }
        if (!term.presence && holds("none")) into.slots.yes |= none;
        return;
    }
    case Field::first_seen:
    case Field::last_seen:
        for (const std::uint32_t local : block.used) {
            const Slot& slot = *block.look(static_cast<std::uint16_t>(local));
            const std::uint32_t seconds =
                term.field == Field::first_seen
                    ? slot.first_seen
                    : std::max(slot.last_seen, slot.heard.load(std::memory_order_relaxed));
            if (term.presence)
                file(into.slots, static_cast<std::uint16_t>(local), seconds == 0 ? Truth::no : Truth::yes);
            else
                file(into.slots, static_cast<std::uint16_t>(local), compare_seconds(term, seconds));
        }
        return;
    default:
        return;
    }
}

void Plan::read(Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    switch (leaf.kind) {
    case LeafKind::group:
        if (leaf.group_value == 0) return;
        if (const auto at = block.groups.by_value.find(leaf.group_value); at != block.groups.by_value.end())
            into.slots.yes = at->second;
        else if (!block.groups.on)
            for (const std::uint32_t local : block.used)
                if (block.look(static_cast<std::uint16_t>(local))->group == leaf.group_value)
                    into.slots.yes.add(local);
        return;
    case LeafKind::sets:
        return read_sets(leaf, block, into);
    case LeafKind::overdue:
        return read_overdue(leaf, block, into);
    case LeafKind::empty:
        return read_empty(leaf, block, into);
    case LeafKind::field:
        if (leaf.term.field != Field::running_version) return read_field(leaf, block, into);
        for (const std::uint32_t local : block.used) {
            const std::uint32_t value = block.look(static_cast<std::uint16_t>(local))->running_version;
            if (value != 0) into.present.add(local);
            if (value != 0 && !block.versions.on)
                into.cells.emplace_back(static_cast<std::uint16_t>(local), value);
        }
        if (block.versions.on && !leaf.term.presence) by_value(leaf, block.versions, into.slots);
        break;
    case LeafKind::fact:
    case LeafKind::slots: {
        const Column* column = leaf.key ? block.column(*leaf.key) : nullptr;
        if (leaf.kind == LeafKind::slots) {
            for (const std::uint32_t number : leaf.slots) {
                if (tenant_.blocks[number / kBlockSlots].load() != &block) continue;
                const auto local = static_cast<std::uint16_t>(number % kBlockSlots);
                if (leaf.term.field == Field::id)
                    into.slots.yes.add(local);
                else if (const std::uint32_t value = column == nullptr ? 0 : column->value(local); value != 0)
                    file(into.slots, local, truth_of(leaf, value));
            }
            if (leaf.term.field == Field::id) return;
        }
        if (column == nullptr) break;
        into.present = column->present;
        into.assumed = column->assumed;
        if (leaf.kind == LeafKind::slots || leaf.term.presence) break;
        if (column->index.on) {
            by_value(leaf, column->index, into.slots);
        } else {
            into.cells.reserve(column->present.cardinality());
            for (const std::uint32_t local : column->present)
                into.cells.emplace_back(static_cast<std::uint16_t>(local),
                                        column->value(static_cast<std::uint16_t>(local)));
        }
        break;
    }
    }
    if (leaf.term.presence)
        into.slots.yes = into.present;
    else
        into.slots.unknown |= block.used - into.present;
}

Plan::Answer Plan::evaluate(const LiveFleet::Block& block) {
    reads_.assign(leaves_.size(), Read{});
    {
        base::SharedLock lock(block.mutex);
        used_ = block.used;
        left_out_ = Roaring();
        if (records_ != Records::all)
            left_out_ |= block.lifecycles[static_cast<std::size_t>(device::Lifecycle::retired)];
        if (records_ == Records::managed || managed_only_)
            left_out_ |= block.lifecycles[static_cast<std::size_t>(device::Lifecycle::unmanaged)];
        for (std::size_t i = 0; i < leaves_.size(); ++i)
            read(leaves_[i], block, reads_[i]);
    }
    for (std::size_t i = 0; i < leaves_.size(); ++i)
        for (const auto& [local, value] : reads_[i].cells)
            file(reads_[i].slots, local, truth_of(leaves_[i], value));
    find_shared();
    kept_.assign(ops_.size(), std::nullopt);
    Answer answer;
    answer.universe = run(scope_).yes & used_;
    answer.universe -= left_out_;
    answer.slots = run(query_);
    answer.slots.yes &= answer.universe;
    answer.slots.unknown &= answer.universe;
    return answer;
}

std::vector<std::vector<Plan::Given>> Plan::given(const LiveFleet::Block& block,
                                                  std::span<const std::string_view> keys) {
    // Compiled after the query's own leaves: those are read already, these are read now.
    struct Wanted {
        std::size_t key;
        std::string_view value;
        std::uint32_t op;
    };
    std::vector<Wanted> wanted;
    for (std::size_t k = 0; k < keys.size(); ++k)
        for (const GroupInfo& info : *groups_)
            for (const device::Fact& fact : info.defaults)
                if (fact.key == keys[k]) wanted.push_back({k, fact.value, group(info, 0)});
    const std::size_t known = reads_.size();
    reads_.resize(leaves_.size());
    if (known < leaves_.size()) {
        base::SharedLock lock(block.mutex);
        for (std::size_t i = known; i < leaves_.size(); ++i)
            read(leaves_[i], block, reads_[i]);
    }
    for (std::size_t i = known; i < leaves_.size(); ++i)
        for (const auto& [local, value] : reads_[i].cells)
            file(reads_[i].slots, local, truth_of(leaves_[i], value));
    find_shared();
    kept_.resize(ops_.size());
    std::vector<std::vector<Given>> result(keys.size());
    for (const Wanted& entry : wanted)
        result[entry.key].push_back({entry.value, run(entry.op).yes});
    return result;
}

} // namespace oakum::fleet
