// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <base/thread_annotations.hpp>
#include <budget/rules.hpp>
#include <fleet/core.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::budgets {

using budget::GroupKey;
using budget::Rules;

// Whether it can be kept: its query and its facts are known, and none lets go of a device while that is out
// of service. Errors: invalid, with the field.
base::Status sound(const shard::ControlTables& control, device::TenantId tenant,
                   const budget::Budget& budget);

// A group that has no room for one more.
struct Full {
    std::string budget, group; // by name; in words
    std::uint32_t out = 0, allowed = 0;
    bool counting = false; // how many devices it has is not known yet
};
// "budget \"pairs\": 1 of at most 1 of site Kiel is out of service".
std::string in_words(const Full& full);

// The budget that has no room for a device, without its words; it stays itself as long as it is held.
struct Shut {
    std::shared_ptr<const Rules> rules; // shared because they may be replaced meanwhile
    std::size_t budget = 0;
    bool operator==(const Shut&) const = default;
};

// What a budget means for the devices that it is for, as they are now.
struct Preview {
    struct Group {
        std::string words;
        std::uint64_t devices = 0, out = 0;
        std::uint32_t allowed = 0;
    };
    static constexpr std::size_t kMostGroups = 20;
    budget::Budget budget;
    std::string sentence;
    std::uint64_t devices = 0, groups = 0;
    std::uint64_t full = 0;      // groups without room for one more
    std::vector<Group> tightest; // the least room first
    std::vector<std::string> warnings;
};

// Disruption budgets: at most so many of a redundancy group are out of service at once, whichever rollouts
// take them. One object a process; `reserve`, `release` and `count` on the writer's thread, all else on any.
class Budgets {
  public:
    static constexpr const char* kDocument = "budgets";

    explicit Budgets(fleet::Core& core) : core_(core) {}
    // After the writer has loaded everything.
    void start();

    // ---- people. Errors: denied, invalid with its place, not_found, too_large.
    base::Result<std::vector<Preview>> list(const access::Actor& actor) const;
    base::Result<Preview> preview(const access::Actor& actor, budget::Budget budget) const;
    // Adds it, or replaces the one of its name.
    void put(access::Actor actor, budget::Budget budget, std::function<void(base::Status)> done);
    void remove(access::Actor actor, std::string name, std::string why,
                std::function<void(base::Status)> done);

    // ---- rollouts. Within a glance, and without a lock of the fleet: whether one more device of its groups
    // may go out of service. Allocates nothing.
    // Counts: whether the device, if it is out of service itself, takes room away from itself.
    enum class Itself : bool { left_out, counts };
    bool room(const fleet::Glance& device, schedule::Priority priority, Itself itself = Itself::counts) const;
    std::optional<Shut> shut(const fleet::Glance& device, schedule::Priority priority) const;
    // Whether there is any; without, nobody needs to be asked about.
    bool any(device::TenantId tenant) const;
    // The first of its groups that has none.
    std::optional<Full> full(const fleet::Glance& device, schedule::Priority priority) const;
    // The offer is decided; until `release`, which follows its commit or its failure, it counts.
    void reserve(const fleet::Glance& device, ports::DeploymentId offer);
    void release(device::TenantId tenant, ports::DeploymentId offer);
    // Each second or so: goes on counting how large groups are by at most that many devices, of all tenants
    // together.
    void count(std::size_t devices);

  private:
    struct Reserved {
        device::DeviceId device;
        std::vector<GroupKey> groups;
    };
    struct Tenant {
        std::shared_ptr<const Rules> rules; // shared because a count may go on while they are replaced
        std::unordered_map<GroupKey, std::uint32_t> out; // with what is reserved
        std::unordered_map<device::DeviceId, std::vector<GroupKey>> devices;
        std::map<ports::DeploymentId, Reserved> reserved;
        std::unordered_map<GroupKey, std::uint64_t> sizes;
        bool sized = false;
    };
    // A round of counting sizes; the writer's thread only.
    struct Round {
        std::shared_ptr<const Rules> rules;
        std::optional<std::uint32_t> next_block; // nothing: there is none any more
        std::vector<std::uint32_t> slots;        // of the block before, from `next_slot` on not counted yet
        std::size_t next_slot = 0;
        std::unordered_map<GroupKey, std::uint64_t> sizes;
        base::Duration began{};
    };
    struct Room {
        std::uint32_t out = 0, allowed = 0;
        bool counting = false;
    };

    void committed(const shard::Committed& committed);
    // Reads its budgets anew. False: they are about the same devices in the same groups, and nothing was
    // counted.
    bool rebuild(device::TenantId tenant);
    void recount(device::TenantId tenant, const std::vector<device::DeviceId>& devices);
    // Of a device that is out of service; nothing of one that is not.
    std::optional<std::vector<GroupKey>> groups_of_out(const Rules& rules, shard::DeviceKey key) const;
    std::shared_ptr<const Rules> rules(device::TenantId tenant) const;
    void go_on(device::TenantId tenant, Round& round, std::size_t& devices) const;
    // The first budget that has none, and what was seen of it.
    static std::optional<std::pair<std::size_t, Room>> first_full(const Tenant& tenant,
                                                                  const fleet::Glance& device,
                                                                  schedule::Priority priority,
                                                                  Itself itself = Itself::counts);
    static Room room_of(const Tenant& tenant, std::size_t budget, const fleet::Glance& device);
    static void take(Tenant& tenant, const std::vector<GroupKey>& groups);
    static void give(Tenant& tenant, const std::vector<GroupKey>& groups);
    Preview view(device::TenantId tenant, const fleet::Scope& scope, const budget::Budget& budget) const;

    fleet::Core& core_;
    std::map<device::TenantId, Round> rounds_; // the writer's thread only
    device::TenantId counted_last_{};          // the same
    mutable base::SharedMutex mutex_;
    std::map<device::TenantId, Tenant> tenants_ GUARDED_BY(mutex_); // of those that have budgets
};

} // namespace oakum::budgets
