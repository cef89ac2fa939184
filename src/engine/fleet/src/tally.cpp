// SPDX-License-Identifier: Apache-2.0
#include "glance.hpp"
#include "plan.hpp"

#include <algorithm>
#include <array>
#include <fleet/live_fleet.hpp>
#include <limits>
#include <map>
#include <unordered_map>

// What devices add up to: those that agree in their sets and in the effective values of some keys are one
// kind.
namespace oakum::fleet {
namespace {

// What makes two devices one kind.
enum class Alike : bool { values, sets_and_values };

// Kinds as they are met, numbered from 0: sets and values as numbers; what a group gives is numbered from the
// top.
class Kinds {
  public:
    Kinds(LiveFleet::Tenant& tenant, std::span<const std::string_view> keys,
          std::span<const base::TimePoint> seen_before, Alike alike = Alike::sets_and_values)
        : tenant_(tenant), keys_(keys), alike_(alike) {
        for (const std::string_view key : keys)
            numbers_of_keys_.push_back(tenant.find_key(key));
        for (const base::TimePoint limit : seen_before)
            seen_before_.push_back(base::unix_seconds(limit));
    }

    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    // The kind of each of the block's slots; `locals` of them are looked at, the others are kNone. To be
    // asked after the plan was evaluated for the block.
    std::vector<std::uint32_t> of(const LiveFleet::Block& block, Plan& plan,
                                  const std::vector<std::uint32_t>& locals,
                                  const std::vector<std::uint64_t>& cells = {}) {
        std::vector<std::uint32_t> found(locals.empty() ? 0 : locals.back() + 1, kNone);
        const auto given = plan.given(block, keys_);
        std::vector<std::uint32_t> key(kFirstValue + keys_.size());
        for (std::size_t begin = 0; begin < locals.size(); begin += kPiece) {
            base::SharedLock lock(block.mutex);
            for (std::size_t i = begin; i < std::min(begin + kPiece, locals.size()); ++i) {
                const auto local = static_cast<std::uint16_t>(locals[i]);
                const Slot* slot = block.look(local);
                if (slot == nullptr || !slot->exists) continue;
                if (alike_ == Alike::sets_and_values) {
                    key[0] = slot->base_set;
                    key[1] = slot->delta_set;
                }
                key[2] = 0;
                for (const std::int64_t limit : seen_before_)
                    key[2] += slot->first_seen < limit ? 1 : 0;
                for (std::size_t k = 0; k < keys_.size(); ++k) {
                    const Column* column = numbers_of_keys_[k] ? block.column(*numbers_of_keys_[k]) : nullptr;
                    std::uint32_t value = column == nullptr ? 0 : column->value(local);
                    if (!given[k].empty() && (value == 0 || column->assumed.contains(local)))
                        for (const Plan::Given& heir : given[k])
                            if (heir.members.contains(local)) {
                                value = number_of_given(heir.value);
                                break;
                            }
                    key[kFirstValue + k] = value;
                }
                if (!cells.empty()) {
                    key[3] = static_cast<std::uint32_t>(cells[local]);
                    key[4] = static_cast<std::uint32_t>(cells[local] >> 32);
                }
                if (known_.empty() || key != kinds_[last_]) last_ = number_of(key);
                found[local] = last_;
                first_seen_[last_] = std::min(first_seen_[last_], slot->first_seen);
            }
        }
        return found;
    }
    std::size_t size() const { return kinds_.size(); }
    std::uint32_t first_seen(std::uint32_t number) const { return first_seen_[number]; }
    CensusKind kind(const Software& software, std::uint32_t number) const {
        const std::vector<std::uint32_t>& key = kinds_[number];
        CensusKind kind{software.id_of(tenant_.id, key[0]),
                        software.id_of(tenant_.id, key[1]),
                        {},
                        key[2],
                        key[3] | std::uint64_t{key[4]} << 32};
        for (std::size_t k = kFirstValue; k < key.size(); ++k)
            kind.values.push_back(text(key[k]));
        return kind;
    }

  private:
    static constexpr std::size_t kFirstValue = 5; // behind the sets, the age and the cell

    struct Hash {
        std::size_t operator()(const std::vector<std::uint32_t>& key) const {
            std::size_t hash = key.size();
            for (const std::uint32_t part : key)
                hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL;
            return hash;
        }
    };
    std::uint32_t number_of(const std::vector<std::uint32_t>& key) {
        const auto [at, fresh] = known_.try_emplace(key, static_cast<std::uint32_t>(kinds_.size()));
        if (fresh) {
            kinds_.push_back(key);
            first_seen_.push_back(std::numeric_limits<std::uint32_t>::max());
        }
        return at->second;
    }
    std::uint32_t number_of_given(std::string_view value) {
        auto at = std::find(given_values_.begin(), given_values_.end(), value);
        if (at == given_values_.end()) at = given_values_.insert(at, std::string(value));
        return kNone - static_cast<std::uint32_t>(at - given_values_.begin());
    }
    std::string text(std::uint32_t value) const {
        const std::uint32_t from_top = kNone - value;
        return std::string(from_top < given_values_.size() ? given_values_[from_top]
                                                           : tenant_.values.at(value));
    }

    const LiveFleet::Tenant& tenant_;
    const std::span<const std::string_view> keys_;
    const Alike alike_;
    std::vector<std::optional<std::size_t>> numbers_of_keys_;
    std::vector<std::int64_t> seen_before_;
    std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, Hash> known_;
    std::vector<std::vector<std::uint32_t>> kinds_;
    std::vector<std::uint32_t> first_seen_; // of each kind, the earliest
    std::uint32_t last_ = 0;                // neighbours are often alike
    std::vector<std::string> given_values_;
};

// In which of some selections the slots of a block stand.
class Cells {
  public:
    Cells(const LiveFleet::Tenant& tenant, const Software& software,
          const std::shared_ptr<const GroupList>& groups, std::span<const Selection> cells) {
        for (const Selection& cell : cells.first(std::min(cells.size(), kMostCells)))
            plans_.emplace_back(tenant, software, groups, cell);
    }
    // Bits of each slot up to the last of `locals`; nothing without cells.
    std::vector<std::uint64_t> of(const LiveFleet::Block& block, const std::vector<std::uint32_t>& locals) {
        std::vector<std::uint64_t> bits;
        if (plans_.empty() || locals.empty()) return bits;
        bits.resize(locals.back() + 1);
        for (std::size_t i = 0; i < plans_.size(); ++i)
            for (const std::uint32_t local : plans_[i].evaluate(block).slots.yes) {
                if (local >= bits.size()) break;
                bits[local] |= std::uint64_t{1} << i;
            }
        return bits;
    }

  private:
    std::vector<Plan> plans_;
};

// Neighbours are often alike: they are added as one.
void add(std::unordered_map<std::uint32_t, std::uint64_t>& counts, const std::vector<std::uint32_t>& kinds_of,
         const std::vector<std::uint32_t>& locals) {
    std::uint32_t kind = Kinds::kNone;
    std::uint64_t alike = 0;
    const auto take = [&] {
        if (kind != Kinds::kNone) counts[kind] += alike;
    };
    for (const std::uint32_t local : locals) {
        const std::uint32_t next = local < kinds_of.size() ? kinds_of[local] : Kinds::kNone;
        if (next != kind) {
            take();
            kind = next;
            alike = 0;
        }
        ++alike;
    }
    take();
}

// How many devices of each kind there are in what the plan selects.
std::unordered_map<std::uint32_t, std::uint64_t> counts_of(const LiveFleet::Tenant& tenant, Plan& plan,
                                                           Kinds& kinds, Cells* cells = nullptr) {
    std::unordered_map<std::uint32_t, std::uint64_t> counts;
    for (std::uint32_t b = 0; b < tenant.block_count.load(); ++b) {
        const LiveFleet::Block& block = *tenant.blocks[b].load(std::memory_order_acquire);
        const auto locals = numbers_of(plan.evaluate(block).slots.yes);
        const auto bits = cells == nullptr ? std::vector<std::uint64_t>() : cells->of(block, locals);
        add(counts, kinds.of(block, plan, locals, bits), locals);
    }
    return counts;
}

} // namespace

std::vector<Facet> LiveFleet::facet(const Selection& selection, std::string_view key,
                                    std::size_t limit) const {
    Tenant* tenant = find(selection.tenant);
    if (tenant == nullptr) return {};
    Plan plan(*tenant, software_, fleet::groups_of(*tenant, control_), selection);
    const std::array keys{key};
    Kinds kinds(*tenant, keys, {}, Alike::values);
    // A value that some have of their own and others from a group is one.
    std::map<std::string, std::uint64_t> sums;
    for (const auto& [number, devices] : counts_of(*tenant, plan, kinds))
        sums[kinds.kind(software_, number).values.front()] += devices;
    std::vector<Facet> facets;
    for (const auto& [value, count] : sums)
        facets.push_back({value, count});
    std::sort(facets.begin(), facets.end(), [](const Facet& a, const Facet& b) {
        return a.count != b.count ? a.count > b.count : a.value < b.value;
    });
    if (facets.size() > limit) facets.resize(limit);
    return facets;
}

std::vector<Tally> LiveFleet::tally(const Selection& selection, std::span<const std::string_view> keys,
                                    std::span<const Selection> apart) const {
    Tenant* tenant = find(selection.tenant);
    if (tenant == nullptr) return {};
    const auto groups = fleet::groups_of(*tenant, control_);
    Plan plan(*tenant, software_, groups, selection);
    plan.leave_unmanaged_out();
    Kinds kinds(*tenant, keys, {});
    Cells cells(*tenant, software_, groups, apart);
    std::vector<Tally> tallies;
    for (const auto& [number, devices] : counts_of(*tenant, plan, kinds, &cells)) {
        CensusKind kind = kinds.kind(software_, number);
        tallies.push_back({kind.base, kind.delta, std::move(kind.values), devices, kind.cell,
                           time_of(kinds.first_seen(number))});
    }
    std::sort(tallies.begin(), tallies.end(), [](const Tally& a, const Tally& b) {
        if (a.count != b.count) return a.count > b.count;
        return std::tie(a.base, a.delta, a.values, a.cell) < std::tie(b.base, b.delta, b.values, b.cell);
    });
    // A value that some have of their own and others from a group is one line.
    std::map<std::tuple<SetId, SetId, std::vector<std::string>, std::uint64_t>, std::size_t> seen;
    std::vector<Tally> merged;
    for (Tally& tally : tallies) {
        const auto [at, fresh] =
            seen.try_emplace({tally.base, tally.delta, tally.values, tally.cell}, merged.size());
        if (fresh) {
            merged.push_back(std::move(tally));
            continue;
        }
        Tally& known = merged[at->second];
        known.count += tally.count;
        known.first_seen = std::min(known.first_seen, tally.first_seen);
    }
    return merged;
}

Census LiveFleet::census(TenantId id, std::span<const std::string_view> keys,
                         std::span<const base::TimePoint> seen_before,
                         std::span<const Selection> apart) const {
    Census census;
    census.parts.emplace_back(); // the whole fleet
    Tenant* tenant = find(id);
    if (tenant == nullptr) return census;
    const auto groups = fleet::groups_of(*tenant, control_);
    const device::Query everything = device::parse_query("").value();
    std::vector<Plan> plans;
    plans.reserve(groups->size() + 1);
    plans.emplace_back(*tenant, software_, groups, Selection{id, {}, everything, Records::managed});
    for (const GroupInfo& group : *groups) {
        plans.emplace_back(*tenant, software_, groups,
                           Selection{id, {group.id}, everything, Records::managed});
        census.parts.push_back({group.id, 0, {}});
    }
    Kinds kinds(*tenant, keys, seen_before);
    Cells cells(*tenant, software_, groups, apart);
    for (std::uint32_t b = 0; b < tenant->block_count.load(); ++b) {
        const Block& block = *tenant->blocks[b].load(std::memory_order_acquire);
        std::vector<std::uint32_t> kinds_of;
        Roaring quiet;
        for (std::size_t part = 0; part < plans.size(); ++part) {
            const Roaring members = plans[part].evaluate(block).slots.yes;
            const auto locals = numbers_of(members);
            if (part == 0) {
                kinds_of = kinds.of(block, plans[part], locals, cells.of(block, locals));
                base::SharedLock lock(block.mutex);
                quiet = block.lifecycles[static_cast<std::size_t>(device::Lifecycle::quiet)];
            }
            add(census.parts[part].devices, kinds_of, locals);
            census.parts[part].quiet += members.and_cardinality(quiet);
        }
    }
    for (std::uint32_t number = 0; number < kinds.size(); ++number)
        census.kinds.push_back(kinds.kind(software_, number));
    return census;
}

} // namespace oakum::fleet
