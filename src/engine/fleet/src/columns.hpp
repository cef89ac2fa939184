// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slot_index.hpp"
#include "value_pool.hpp"

#include <array>
#include <atomic>
#include <fleet/core.hpp>
#include <fleet/live_fleet.hpp>
#include <map>
#include <memory>
#include <roaring/roaring.hh>
#include <string>
#include <unordered_map>
#include <vector>

// The columns of the live fleet. A slot is a dense number, 65,536 to a block; inside a block it is 16 bits
// wide.
namespace oakum::fleet {

inline constexpr std::uint32_t kBlockSlots = 65536, kSlotChunk = 1024, kMostBlocks = 8192;
inline constexpr std::size_t kMostDistinct = 4096; // values with a bitmap of their own in a block

// What few devices have; allocated for them alone.
struct Rare {
    std::string boot_id;            // when it is not 16 hexadecimal digits
    std::string certificate_serial; // when it is not at most 40 hexadecimal digits
    std::string previous_certificate_serial;
    std::array<std::uint64_t, 4> earlier_boots{}; // marks that were replaced, newest first; not stored
};

struct Slot {
    DeviceId id;
    std::uint64_t desired_number = 0;
    std::uint64_t boot = 0;
    std::uint64_t inventory = 0;
    std::unique_ptr<Rare> rare;
    std::uint32_t row_version = 0;
    std::uint32_t first_seen = 0, last_seen = 0, last_inventory = 0, certificate_expires = 0; // unix seconds
    std::uint32_t running_version = 0, group = 0, release = 0, rollout = 0;                   // values
    std::uint32_t base_set = 0, delta_set = 0; // Software::SetNumber
    std::atomic<std::uint32_t> heard{0};       // unix seconds
    std::array<std::uint8_t, 20> serial{};
    std::uint8_t serial_digits = 0;
    device::Lifecycle lifecycle = device::Lifecycle::pending;
    bool exists : 1 = false; // its device row was applied; facts may come first while loading
    bool taken : 1 = false;
    bool revoked : 1 = false;
    bool clone : 1 = false;
    bool hold : 1 = false;
    bool expires : 1 = false;
};

// Which slots have which value, while there are few values.
struct Inverted {
    bool on = true;
    std::unordered_map<std::uint32_t, Roaring> by_value;
    void move(std::uint16_t local, std::uint32_t from, std::uint32_t to);
};

struct Cell {
    std::uint32_t value = 0, provenance = 0;
};

// Where the facts of a column come from, as 16 bits each: a block has fewer cells than that tells apart.
class Provenances {
  public:
    std::uint32_t at(std::uint16_t place) const { return numbers_[place]; }
    bool is_full() const { return numbers_.size() == kBlockSlots; }
    // The place of the number, given to it when it is new. Not when it is full.
    std::uint16_t place_of(std::uint32_t number);
    // Forgets all but these numbers.
    void keep(const std::vector<std::uint32_t>& numbers);
    std::uint64_t bytes() const { return numbers_.capacity() * 4 + places_.size() * 24; }

  private:
    std::vector<std::uint32_t> numbers_;
    std::unordered_map<std::uint32_t, std::uint16_t> places_;
    std::uint16_t last_ = 0; // the place that was given last
};

// One key's facts in one block: arrays for the fixed keys, a map for those of the user's own.
struct Column {
    explicit Column(bool is_dense, bool is_unique) : dense(is_dense) { index.on = !is_unique; }
    bool dense;
    std::vector<std::uint32_t> values;
    std::vector<std::uint16_t> given; // by whom, of the same cells
    Provenances provenances;
    std::unordered_map<std::uint16_t, Cell> sparse;
    Inverted index;
    Roaring present, assumed;

    std::uint32_t value(std::uint16_t local) const {
        if (dense) return local < values.size() ? values[local] : 0;
        const auto at = sparse.find(local);
        return at == sparse.end() ? 0 : at->second.value;
    }
    Cell get(std::uint16_t local) const {
        if (dense) {
            const std::uint32_t held = value(local);
            return held == 0 ? Cell{} : Cell{held, provenances.at(given[local])};
        }
        const auto at = sparse.find(local);
        return at == sparse.end() ? Cell{} : at->second;
    }
    void set(std::uint16_t local, Cell cell, bool is_assumed);

  private:
    std::uint16_t give(std::uint32_t provenance);
};

// The current one and those that have not ended; devices without any have no entry.
struct Deployments {
    ports::DeploymentId current; // its row may not be here yet
    std::vector<ports::DeploymentRow> rows;
};

// Guarded by its mutex: the writer's thread takes it exclusively for one row, readers share it.
struct LiveFleet::Block {
    mutable base::SharedMutex mutex;
    std::array<std::unique_ptr<Slot[]>, kBlockSlots / kSlotChunk> slots GUARDED_BY(mutex);
    std::vector<std::unique_ptr<Column>> columns GUARDED_BY(mutex); // by number of the key
    std::unordered_map<std::uint16_t, Deployments> deployments GUARDED_BY(mutex);
    Roaring used GUARDED_BY(mutex);
    Inverted groups GUARDED_BY(mutex), base_sets GUARDED_BY(mutex),
        delta_sets GUARDED_BY(mutex), versions GUARDED_BY(mutex);
    std::array<Roaring, 5> lifecycles GUARDED_BY(mutex);
    std::array<Roaring, 17> deploying GUARDED_BY(mutex); // by state of the current deployment
    Roaring held GUARDED_BY(mutex), revoked GUARDED_BY(mutex), clones GUARDED_BY(mutex),
        enrolled GUARDED_BY(mutex);
    Roaring changed GUARDED_BY(mutex); // not taken by the reader of changes yet

    Slot& slot(std::uint16_t local) REQUIRES(mutex) {
        auto& chunk = slots[local / kSlotChunk];
        if (!chunk) chunk = std::make_unique<Slot[]>(kSlotChunk);
        return chunk[local % kSlotChunk];
    }
    // Null for a slot that was never taken.
    const Slot* look(std::uint16_t local) const REQUIRES_SHARED(mutex) {
        const auto& chunk = slots[local / kSlotChunk];
        return chunk ? &chunk[local % kSlotChunk] : nullptr;
    }
    ports::DeploymentId current(std::uint16_t local) const REQUIRES_SHARED(mutex) {
        const auto at = deployments.find(local);
        return at == deployments.end() ? ports::DeploymentId() : at->second.current;
    }
    // Null: none, or its row is not here.
    const ports::DeploymentRow* current_row(std::uint16_t local) const REQUIRES_SHARED(mutex);
    const Column* column(std::size_t key) const REQUIRES_SHARED(mutex) {
        return key < columns.size() ? columns[key].get() : nullptr;
    }
    // Whether another value, or its being assumed, came of it.
    bool set_fact(std::uint16_t local, std::size_t key, Cell cell, bool is_assumed) REQUIRES(mutex);
    // The state of the current deployment after either row changed.
    void index_deployment(std::uint16_t local) REQUIRES(mutex);
    void clear_facts(std::uint16_t local) REQUIRES(mutex);
};

// A group with its query parsed; the most specific stands first.
// How many groups whose queries ask for the next are followed; beyond it nobody's membership can be told.
inline constexpr int kGroupDepth = 4;

struct GroupInfo {
    GroupId id;
    std::string id_text;
    std::string name;
    bool by_query = false;
    device::Query query;
    std::size_t specificity = 0;
    std::vector<device::Fact> defaults;
};

inline constexpr std::size_t kFixedKeys = 23;
std::size_t fixed_key(std::string_view name); // kFixedKeys when it is none of them
std::string_view fixed_key_name(std::size_t number);
bool is_unique_key(std::string_view name);
std::string hex_of(std::uint64_t value); // 16 digits

struct LiveFleet::Tenant {
    Tenant(TenantId tenant_id, ports::Clock& its_clock)
        : id(tenant_id), clock(its_clock), blocks(std::make_unique<std::atomic<Block*>[]>(kMostBlocks)) {}
    ~Tenant() {
        for (std::uint32_t i = 0; i < kMostBlocks; ++i)
            delete blocks[i].load();
    }
    const TenantId id;
    ports::Clock& clock;
    ValuePool values, provenances, keys;
    SlotIndex by_id, by_unique;
    std::unique_ptr<std::atomic<Block*>[]> blocks;
    std::atomic<std::uint32_t> block_count{0};
    std::atomic<std::uint64_t> devices{0};
    std::atomic<bool> watched{false}; // somebody wants to know what changed
    std::atomic<std::uint64_t> groups_epoch{0};
    void note_change(Block& block, std::uint16_t local) const REQUIRES(block.mutex) {
        if (watched.load(std::memory_order_relaxed)) block.changed.add(local);
    }
    // What polls need of the settings; written by the writer's thread.
    std::atomic<std::uint32_t> poll_seconds{kPollSeconds}, certificate_days{0}, certificate_seconds{0};
    void put_setting(const ports::DocumentRow& row);
    // The writer's thread only.
    std::uint32_t next_slot = 0;
    // What was found last: facts come one after the other, of one device and from one report.
    std::optional<std::pair<DeviceId, std::uint32_t>> last_found;
    std::optional<std::pair<device::Fact, std::uint32_t>> last_provenance;
    std::optional<std::uint32_t> find_again(DeviceId device);
    std::uint32_t provenance_of(const device::Fact& fact);
    std::vector<std::uint32_t> free_slots;

    mutable base::Mutex groups_mutex;
    std::shared_ptr<const GroupList>
        groups GUARDED_BY(groups_mutex); // shared: readers keep theirs while it is replaced
    bool groups_stale GUARDED_BY(groups_mutex) = true;

    using GateKey = std::pair<std::uint32_t, std::string>;
    mutable base::SharedMutex gates_mutex;
    std::map<ports::RolloutId, std::map<GateKey, std::map<device::ShardId, rollout::Counts>>>
        gates GUARDED_BY(gates_mutex);
    // Of the same, by wave: what each poll may ask for.
    std::map<std::pair<ports::RolloutId, std::uint32_t>, LiveFleet::WaveCount> waves GUARDED_BY(gates_mutex);

    Block& block(std::uint32_t slot) const {
        return *blocks[slot / kBlockSlots].load(std::memory_order_acquire);
    }
    std::uint32_t key_number(std::string_view name); // the writer's thread
    // The number of a key, or nothing when no device has it.
    std::optional<std::size_t> find_key(std::string_view name) const;
    // The slot that holds the device; nothing when there is none.
    std::optional<std::uint32_t> find(DeviceId device) const;
    std::uint32_t take_slot(DeviceId device); // the writer's thread
};

// Devices looked at while a block is shared once.
inline constexpr std::size_t kPiece = 1024;
inline std::vector<std::uint32_t> numbers_of(const Roaring& slots) {
    std::vector<std::uint32_t> numbers(slots.cardinality());
    if (!numbers.empty()) slots.toUint32Array(numbers.data());
    return numbers;
}
std::uint64_t hash_of(DeviceId id);
std::uint64_t hash_of(std::string_view key, std::string_view value); // without regard to case
std::uint64_t boot_number(std::string_view boot_id);
std::uint32_t seconds_of(base::TimePoint at);
base::TimePoint time_of(std::uint32_t seconds);

std::string pack_provenance(const device::Fact& fact);
device::Fact unpack(std::string_view key, std::string_view value, std::string_view provenance);

} // namespace oakum::fleet
