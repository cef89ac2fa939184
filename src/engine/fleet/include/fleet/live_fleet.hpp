// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/inheritance.hpp>
#include <device/query.hpp>
#include <fleet/found.hpp>
#include <fleet/selection.hpp>
#include <fleet/software.hpp>
#include <ports/clock.hpp>
#include <shard/control.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::fleet {

struct Slot;
struct GroupInfo;
using GroupList = std::vector<GroupInfo>;

using device::DeviceId;
using device::GroupId;
using shard::DeviceKey;

// What is kept of a boot id: 16 hexadecimal digits. Also the form of DeviceRow::boot_id.
std::string boot_mark(std::string_view boot_id);
// The fact that holds the first 16 digits of the inventory's digest; not shown, not asked for.
inline constexpr std::string_view kInventoryKey = "x.inventory_digest";

struct Count {
    std::uint64_t yes = 0;
    std::uint64_t unknown = 0; // a fact that the query needs is missing
    std::uint64_t total = 0;   // in scope, retired ones left out
};

struct Facet {
    std::string value;
    std::uint64_t count = 0;
};

// Devices that agree in their sets and in the values of the chosen keys: what assessment multiplies risk by.
struct Tally {
    SetId base, delta;               // zero: not reported
    std::vector<std::string> values; // effective ones, in the order of the keys; empty: not known
    std::uint64_t count = 0;
    std::uint64_t cell = 0;       // bit i: they stand in the i-th of the selections that were given as cells
    base::TimePoint first_seen{}; // when the first of them was; the epoch: not known of one of them
};
// The selections that a cell can tell apart.
inline constexpr std::size_t kMostCells = 64;

// The same with how old devices are, for every group at once: in how many of the given times they were known
// already.
struct CensusKind {
    SetId base, delta;
    std::vector<std::string> values;
    std::uint32_t age = 0;
    std::uint64_t cell = 0; // as a Tally's
};
struct Census {
    std::vector<CensusKind> kinds; // values that some have of their own and others from a group stand twice
    struct Part {
        GroupId group; // zero: the whole fleet, which stands first
        std::uint64_t quiet = 0;
        std::unordered_map<std::uint32_t, std::uint64_t> devices; // by number of their kind
    };
    std::vector<Part> parts;
};

// One device while its block is held: reads its columns in place. Valid inside the callback that gets it
// only; takes no lock and allocates nothing in fact, id and the accessors.
class Glance : public device::DeviceView {
  public:
    virtual DeviceId id() const = 0;
    virtual TenantId tenant() const = 0;
    virtual device::Lifecycle lifecycle() const = 0;
    virtual GroupId group() const = 0;
    virtual std::uint64_t desired_number() const = 0;
    // The newest rollout that ever asked something of it: an older one never asks again.
    virtual ports::RolloutId desired_rollout() const = 0;
    // Its current deployment has not ended. One that ended stays the current one until the next, for queries.
    virtual bool has_deployment() const = 0;
    // That current one; null: none.
    virtual const ports::DeploymentRow* deployment() const = 0;
    virtual bool hold() const = 0;
    virtual bool revoked() const = 0;
    virtual bool enrolled() const = 0; // it has an identity of ours, or a guest's; revoked ones too
    virtual std::string_view running_version() const = 0;
    virtual SetId base_set() const = 0;
    virtual SetId delta_set() const = 0;
};

// The committed state of all devices, in memory as columns (README). Slots are cut into blocks of 65,536 with
// one lock each: readers of any thread share a block, the writer's thread takes one for the time of one row.
class LiveFleet final : public shard::Projection, public shard::DeviceTables {
  public:
    LiveFleet(Software& software, const shard::ControlTables& control, ports::Clock& clock);
    ~LiveFleet() override;

    // ---- queries; any thread. Errors of the query itself were found when it was parsed.
    Count count(const Selection& selection) const;
    // The first `limit` devices after `after` in the order of ids.
    std::vector<DeviceId> page(const Selection& selection, std::optional<DeviceId> after,
                               std::size_t limit) const;
    // At most `limit` devices spread over the fleet.
    std::vector<DeviceId> sample(const Selection& selection, std::size_t limit) const;
    // The most frequent effective values of a key, at most `limit`; devices without one are counted under "".
    std::vector<Facet> facet(const Selection& selection, std::string_view key, std::size_t limit) const;
    // Never counts unmanaged devices.
    // `cells`, at most kMostCells: devices that stand in other ones of them are told apart.
    std::vector<Tally> tally(const Selection& selection, std::span<const std::string_view> keys,
                             std::span<const Selection> cells = {}) const;
    // Of all managed devices, each looked at once whatever the number of groups.
    Census census(TenantId tenant, std::span<const std::string_view> keys,
                  std::span<const base::TimePoint> seen_before, std::span<const Selection> cells = {}) const;
    // Every device that the query holds for, block by block; `visit` is called with the block shared.
    void each(const Selection& selection, const std::function<void(const Glance&)>& visit) const;
    std::uint64_t size(TenantId tenant) const;
    // Devices by id, serial, name or address, at most `limit` of them, and sites and models by name; of what
    // the scope may see, retired devices included. Looks at each distinct text once and needs no index.
    FoundInFleet search(TenantId tenant, const Scope& scope, const search::Wanted& wanted,
                        std::size_t limit) const;
    // The software sets that devices of the scope have, by number.
    std::vector<bool> sets_in(TenantId tenant, const Scope& scope) const;

    // ---- what is kept up by what changed, instead of asked anew; any thread, one reader a tenant. A slot is
    // where a device stands in memory until it is erased.
    using VisitSlot = std::function<void(std::uint32_t slot, const Glance& device)>;
    // Slots whose answer to a query may have changed since the last call, ascending; the first call begins to
    // take note, and says nothing. What an answer rests on beside the device is told by `epochs`.
    std::vector<std::uint32_t> take_changed(TenantId tenant);
    // Those of the slots that hold a device, with the block shared.
    void at_slots(TenantId tenant, std::span<const std::uint32_t> slots, const VisitSlot& visit) const;
    // Like `each`, block by block from `first_block` on until `enough` devices were visited; gives the block
    // to go on with, or nothing when it came to the end.
    std::optional<std::uint32_t> each_from(const Selection& selection, std::uint32_t first_block,
                                           std::size_t enough, const VisitSlot& visit) const;
    // They differ when a group, or a software set or a finding changed.
    struct Epochs {
        std::uint64_t groups = 0, software = 0;
        bool operator==(const Epochs&) const = default;
    };
    Epochs epochs(TenantId tenant) const;
    // What a query's answer rests on beside the device, by way of groups too.
    struct RestsOn {
        bool software = false;
        bool time = false; // it asks when a device was last heard of
    };
    RestsOn rests_on(TenantId tenant, const device::Query& query) const;

    // ---- one device; any thread
    // False when there is no such device.
    bool glance(DeviceKey key, const std::function<void(const Glance&)>& look) const;
    std::vector<device::Fact> effective(DeviceKey key) const;
    bool in_scope(DeviceKey key, const Scope& scope) const;
    std::vector<GroupId> groups_of(DeviceKey key) const;
    // Non-terminal deployments and the current one.
    std::vector<ports::DeploymentRow> deployments(DeviceKey key) const;
    // Rows of one rollout, summed over the shards.
    std::map<std::pair<std::uint32_t, std::string>, rollout::Counts>
    gate_counts(TenantId tenant, ports::RolloutId rollout) const;
    // Of all its strata and shards. At once: it runs in polls.
    struct WaveCount {
        std::uint64_t started = 0, pending = 0;
    };
    WaveCount wave_count(TenantId tenant, ports::RolloutId rollout, std::uint32_t wave) const;
    // For timers at start: every deployment that is held.
    void each_deployment(const std::function<void(TenantId, const ports::DeploymentRow&)>& visit) const;

    // ---- the poll's cells; any thread
    // previous: of before a renewal that was not used yet; superseded: of no certificate that is valid now.
    enum class Identity : std::uint8_t { unknown_device, current, previous, revoked, superseded };
    struct PollCell {
        Identity identity = Identity::unknown_device;
        device::Lifecycle lifecycle = device::Lifecycle::pending;
        bool renewal_pending = false; // the previous certificate is still accepted
        bool clone_suspected = false;
        bool hold = false;
        bool same_boot = false;    // boot id and running version are as stored
        bool earlier_boot = false; // the boot id is one that was replaced before
        bool same_version = false;
        bool has_deployment = false; // that has not ended
        bool asked_before = false;   // a rollout asked something of it once
        bool has_inventory = false;
        bool inventory_changed = false; // the agent names another inventory than the one that was taken
        std::uint64_t desired_number = 0;
        std::uint32_t certificate_expires = 0;                   // unix seconds; 0: none
        std::uint32_t poll_seconds = 0, certificate_seconds = 0; // the tenant's settings
    };
    // Looks at a device for a poll and notes that it was heard of (last_seen lags in its row). `more` is
    // called with the device's block shared; not for a device that is not there.
    using More = std::function<void(const PollCell& cell, const Glance& device)>;
    PollCell poll(DeviceKey key, std::string_view certificate_serial, std::string_view boot_id,
                  std::string_view running_version, std::string_view inventory, std::uint32_t now_seconds,
                  const More& more = {}) const;
    // Devices heard of since their row's last_seen, at most `limit`, beginning at `cursor` (a slot number,
    // moved on).
    std::vector<std::pair<DeviceId, std::uint32_t>> heard(TenantId tenant, std::uint32_t& cursor,
                                                          std::size_t limit) const;
    // Active devices of the block not heard of for longer than three times their cadence allows.
    std::vector<DeviceId> fallen_quiet(TenantId tenant, std::uint32_t& cursor, std::uint32_t now_seconds,
                                       std::uint32_t default_cadence_seconds, std::size_t limit) const;
    base::TimePoint last_heard(DeviceKey key) const;

    // ---- shard::DeviceTables
    std::optional<ports::DeviceRow> device(DeviceKey key) const override;
    std::vector<device::Fact> facts(DeviceKey key) const override;
    std::optional<device::Fact> fact(DeviceKey key, std::string_view name) const override;
    std::optional<DeviceId> by_serial(TenantId tenant, std::string_view serial) const override;
    std::optional<ports::DeploymentRow> deployment(DeviceKey key, ports::DeploymentId id) const override;
    rollout::Counts gate_count(shard::Place place, ports::RolloutId rollout, std::uint32_t wave,
                               std::string_view stratum) const override;

    // ---- shard::Projection
    void apply(shard::Place place, const ports::Row& row) override;
    void replace(shard::Place place, const std::vector<ports::Row>& rows) override;

    struct Memory {
        std::uint64_t devices = 0, slots_bytes = 0, columns_bytes = 0, bitmaps_bytes = 0, values_bytes = 0,
                      index_bytes = 0;
        std::uint64_t total() const {
            return slots_bytes + columns_bytes + bitmaps_bytes + values_bytes + index_bytes;
        }
    };
    Memory memory() const;

    struct Tenant;
    struct Block;

  private:
    Tenant* find(TenantId id) const;
    Tenant& make(TenantId id);
    void put_device(Tenant& tenant, const ports::DeviceRow& row);
    void put_fact(Tenant& tenant, const ports::FactRow& row);
    void put_deployment(Tenant& tenant, const ports::DeploymentRow& row);
    static void put_identity(Slot& slot, const ports::DeviceRow& row);
    void forget(Tenant& tenant, std::uint32_t slot);
    static void clear_gates(Tenant& tenant, device::ShardId shard);
    template <class Look> bool with(DeviceKey key, Look look) const;
    template <class Look> static bool with(const Tenant& tenant, DeviceKey key, Look look);
    template <class Look> void scan(TenantId id, std::uint32_t& cursor, std::size_t limit, Look look) const;
    // Calls `visit(plan, block, answer)` for each block of the tenant.
    template <class Visit> void blocks(const Selection& selection, Visit visit) const;
    void at_locals(const Tenant& tenant, const GroupList& groups, std::uint32_t block,
                   std::span<const std::uint32_t> locals, const VisitSlot& visit) const;
    static std::string_view key_name(const Tenant& tenant, std::size_t number);
    static void measure(const Block& block, Memory& memory);

    Software& software_;
    const shard::ControlTables& control_;
    ports::Clock& clock_;    // what is overdue moves with it
    Tenant* last_ = nullptr; // whose rows came last; the writer's thread only
    mutable base::SharedMutex mutex_;
    std::map<TenantId, std::unique_ptr<Tenant>> tenants_ GUARDED_BY(mutex_); // they stay
};

} // namespace oakum::fleet
