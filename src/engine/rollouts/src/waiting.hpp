// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <rollouts/board.hpp>

#include <map>
#include <memory>
#include <optional>
#include <roaring/roaring.hh>
#include <vector>

namespace oakum::rollouts {

// Whether a device that the rollout is for can still be asked by it.
bool is_waiting(const Running& rollout, const fleet::Glance& device);

// The devices that a running rollout is for and has not asked yet, by wave: bitmaps of slots, counted once
// and then kept up by what changed in the fleet, so that a rollout at rest costs nothing. Any thread.
class Waiting {
  public:
    explicit Waiting(fleet::LiveFleet& fleet) : fleet_(fleet) {}

    // The rollouts that run from now on; what was counted for those that stay is kept. Shared because what is
    // kept refers to the board.
    void use(std::shared_ptr<const Board> board);
    // Takes in what changed since the last call; those that are still being counted go on by about that many
    // devices.
    void refresh(device::TenantId tenant, std::size_t devices);

    // counting: not known yet; not_kept: it does not run, or rests on the time and has to be asked anew.
    enum class Known : std::uint8_t { counted, counting, not_kept };
    struct Count {
        Known known = Known::not_kept;
        std::vector<std::uint32_t> devices; // by wave
    };
    Count count(device::TenantId tenant, ports::RolloutId rollout) const;

  private:
    struct Kept {
        const Running* running = nullptr;
        std::vector<Roaring> waves;
        std::optional<std::uint32_t> next_block = 0; // nothing: all were counted
        fleet::LiveFleet::RestsOn rests_on;
    };
    struct Tenant {
        std::optional<fleet::LiveFleet::Epochs> epochs;
        std::map<ports::RolloutId, Kept> kept;
    };

    void begin(Kept& kept) const REQUIRES(mutex_);
    void take_in(device::TenantId tenant, Tenant& of) REQUIRES(mutex_);
    void go_on(device::TenantId tenant, Kept& kept, std::size_t& devices) REQUIRES(mutex_);
    static void add(Kept& kept, std::uint32_t slot, const fleet::Glance& device);

    fleet::LiveFleet& fleet_;
    mutable base::Mutex mutex_;
    std::shared_ptr<const Board> board_ GUARDED_BY(mutex_);
    std::map<device::TenantId, Tenant> tenants_ GUARDED_BY(mutex_);
};

} // namespace oakum::rollouts
