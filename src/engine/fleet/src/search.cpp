// SPDX-License-Identifier: Apache-2.0
#include "glance.hpp"
#include "plan.hpp"

#include <algorithm>
#include <array>
#include <fleet/live_fleet.hpp>

// Search: every distinct text of the pool is looked at once, side by side in memory, and what matched is
// looked for in the columns as numbers. That costs no byte a device and nothing to keep up.
namespace oakum::fleet {
namespace {

using search::Match;

// Of equally good matches so many are put in order; among more than that, any will do.
constexpr std::size_t kSorted = 1000;

struct Candidate {
    DeviceId id;
    std::size_t by = 0; // in kNamed
    std::uint32_t value = 0;
};

constexpr std::array<std::string_view, 3> kNamed{device::key::serial, device::key::name,
                                                 device::key::address};
constexpr std::array<std::string_view, 2> kShared{device::key::site, device::key::model};

// By number of a value.
class Matches {
  public:
    Matches(const ValuePool& values, const search::Wanted& wanted) : by_value_(values.size(), 0) {
        values.each([&](std::uint32_t number, std::string_view text) {
            if (number >= by_value_.size()) return;
            const Match match = wanted.in(text);
            by_value_[number] = static_cast<std::uint8_t>(match);
            any_ = any_ || match != Match::none;
        });
    }
    bool any() const { return any_; }
    // Values that came since say nothing.
    Match of(std::uint32_t value) const {
        return value < by_value_.size() ? static_cast<Match>(by_value_[value]) : Match::none;
    }

  private:
    std::vector<std::uint8_t> by_value_;
    bool any_ = false;
};

} // namespace

FoundInFleet LiveFleet::search(TenantId id, const Scope& scope, const search::Wanted& wanted,
                               std::size_t limit) const {
    FoundInFleet found;
    Tenant* tenant = find(id);
    if (tenant == nullptr) return found;
    if (const auto whole = DeviceId::parse(wanted.text()); whole.ok() && in_scope({id, *whole}, scope)) {
        found.devices.push_back({*whole, Match::exact, "id"});
        found.device_count = 1;
        return found;
    }
    const Matches matches(tenant->values, wanted);
    const Selection everything{id, scope, device::parse_query("").value(), Records::all};
    Plan plan(*tenant, software_, fleet::groups_of(*tenant, control_), everything);
    std::array<std::vector<Candidate>, 4> candidates; // by match
    std::map<std::pair<std::size_t, std::string>, FoundValue> values;
    const auto add_value = [&](std::size_t key, std::string_view text, Match match, std::uint64_t devices) {
        if (devices == 0) return;
        FoundValue& value = values[{key, std::string(text)}];
        value.key = kShared[key];
        value.value = text;
        value.match = match;
        value.devices += devices;
    };
    std::array<std::size_t, kNamed.size()> named{};
    std::transform(kNamed.begin(), kNamed.end(), named.begin(), fixed_key);

    for (std::uint32_t b = 0; b < tenant->block_count.load(); ++b) {
        const Block& block = *tenant->blocks[b].load(std::memory_order_acquire);
        const Plan::Answer answer = plan.evaluate(block);
        const Roaring& visible = answer.slots.yes;
        const auto given = plan.given(block, kShared);
        Roaring living = visible;
        {
            base::SharedLock lock(block.mutex);
            living -= block.lifecycles[static_cast<std::size_t>(device::Lifecycle::retired)];
            for (std::size_t k = 0; k < kShared.size(); ++k) {
                const Column* column = block.column(fixed_key(kShared[k]));
                // What a group gives takes the place of what is missing or assumed.
                Roaring own = living;
                Roaring open = living;
                if (column != nullptr) open -= column->present - column->assumed;
                for (const Plan::Given& heir : given[k]) {
                    const Roaring members = heir.members & open;
                    open -= members;
                    own -= members;
                    if (const Match match = wanted.in(heir.value); match != Match::none)
                        add_value(k, heir.value, match, members.cardinality());
                }
                if (column == nullptr || !matches.any()) continue;
                if (column->index.on) {
                    for (const auto& [value, slots] : column->index.by_value)
                        if (const Match match = matches.of(value); match != Match::none)
                            add_value(k, tenant->values.at(value), match, slots.and_cardinality(own));
                } else {
                    std::unordered_map<std::uint32_t, std::uint64_t> counts;
                    for (const std::uint32_t local : own)
                        if (const auto value = column->value(static_cast<std::uint16_t>(local));
                            matches.of(value) != Match::none)
                            ++counts[value];
                    for (const auto& [value, count] : counts)
                        add_value(k, tenant->values.at(value), matches.of(value), count);
                }
            }
        }
        if (!matches.any()) continue;
        std::vector<std::uint32_t> locals(visible.cardinality());
        if (!locals.empty()) visible.toUint32Array(locals.data());
        for (std::size_t begin = 0; begin < locals.size(); begin += kPiece) {
            base::SharedLock lock(block.mutex);
            std::array<const Column*, kNamed.size()> columns{};
            std::transform(named.begin(), named.end(), columns.begin(),
                           [&](std::size_t key) NO_ANALYSIS { return block.column(key); });
            for (std::size_t i = begin; i < std::min(begin + kPiece, locals.size()); ++i) {
                const auto local = static_cast<std::uint16_t>(locals[i]);
                Match best = Match::none;
                Candidate candidate;
                for (std::size_t k = 0; k < columns.size(); ++k) {
                    const std::uint32_t value = columns[k] == nullptr ? 0 : columns[k]->value(local);
                    if (const Match match = matches.of(value); match > best) {
                        best = match;
                        candidate.by = k;
                        candidate.value = value;
                    }
                }
                if (best == Match::none) continue;
                const Slot* slot = block.look(local);
                if (slot == nullptr || !slot->exists) continue;
                ++found.device_count;
                auto& of_match = candidates[static_cast<std::size_t>(best)];
                if (of_match.size() == std::max(kSorted, limit)) continue;
                candidate.id = slot->id;
                of_match.push_back(candidate);
            }
        }
    }

    for (const Match match : {Match::exact, Match::prefix, Match::within}) {
        auto& of_match = candidates[static_cast<std::size_t>(match)];
        std::sort(of_match.begin(), of_match.end(), [&](const Candidate& a, const Candidate& b) {
            const std::string_view x = tenant->values.at(a.value), y = tenant->values.at(b.value);
            return std::tuple(x.size(), x, a.id) < std::tuple(y.size(), y, b.id);
        });
        for (const Candidate& candidate : of_match)
            if (found.devices.size() < limit)
                found.devices.push_back({candidate.id, match, std::string(kNamed[candidate.by])});
    }
    for (auto& [key, value] : values)
        found.values.push_back(std::move(value));
    return found;
}

std::vector<bool> LiveFleet::sets_in(TenantId id, const Scope& scope) const {
    std::vector<bool> sets;
    Tenant* tenant = find(id);
    if (tenant == nullptr) return sets;
    const auto add = [&](std::uint32_t number) {
        if (number >= sets.size()) sets.resize(number + 1);
        sets[number] = true;
    };
    const Selection everything{id, scope, device::parse_query("").value(), Records::all};
    Plan plan(*tenant, software_, fleet::groups_of(*tenant, control_), everything);
    for (std::uint32_t b = 0; b < tenant->block_count.load(); ++b) {
        const Block& block = *tenant->blocks[b].load(std::memory_order_acquire);
        const Plan::Answer answer = plan.evaluate(block);
        base::SharedLock lock(block.mutex);
        for (const auto& [index, member] :
             {std::pair(&block.base_sets, &Slot::base_set), std::pair(&block.delta_sets, &Slot::delta_set)}) {
            if (index->on) {
                for (const auto& [number, slots] : index->by_value)
                    if (slots.intersect(answer.slots.yes)) add(number);
                continue;
            }
            for (const std::uint32_t local : answer.slots.yes)
                if (const Slot* slot = block.look(static_cast<std::uint16_t>(local))) add(slot->*member);
        }
    }
    return sets;
}

} // namespace oakum::fleet
