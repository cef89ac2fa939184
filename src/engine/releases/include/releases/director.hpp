// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <fleet/offers.hpp>
#include <releases/repository.hpp>
#include <trust/attack.hpp>
#include <trust/direction.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::releases {

// What a device said of itself; that its key signed it was checked before.
struct Told {
    ports::DeploymentId deployment;
    std::uint64_t sequence = 0;
    std::string running_version;
    std::string digest; // of the image that runs; empty: not known
    std::optional<trust::Attack> attack;
    std::string detail;
    std::string evidence; // all of it with its signature, for whoever wants to check it later
};

// The online half of Uptane (docs/pouf.md): says to each device which release it may install now, as the
// rollouts decided and as far as the list of releases has it. A direction is made when a device asks, from
// memory, and kept until the decision changes or half of its permission is over: devices that do not ask cost
// nothing. Borrows its ports; any thread.
class Director {
  public:
    // Directions that are kept, at most.
    static constexpr std::size_t kKept = 65'536;
    // What one device says of attacks and ends is written down so often in a day, at most.
    static constexpr std::size_t kNotedADay = 16;
    // Versions are reserved so far ahead of the clock, and again when half of it is used up.
    static constexpr std::uint64_t kReservedSeconds = 1200;

    Director(fleet::Core& core, const fleet::OfferSource& offers, Repository& repository,
             ports::Signer& signer)
        : core_(core), offers_(offers), repository_(repository), signer_(signer) {}

    // Its version does not fall below any that was ever signed, also when the clock was ahead and was set
    // right while nothing ran: what was reserved durably is where the next start goes on. Called each minute
    // on the writer's executor, and once before devices ask.
    void reserve();

    // Errors: not_found (no root names a director, or there is no such device), unavailable (the key, the
    // clock is in doubt, or nothing is reserved yet).
    base::Result<std::string> direction(const fleet::DeviceActor& device);

    // The same for a device that people carry it to, good until then; what is asked of it has to be in the
    // list of releases. It is not kept, and neither is what the device would be told otherwise: the next word
    // to it is newer than this one. Errors also: conflict (nothing is permitted now).
    base::Result<std::string> carried(const fleet::DeviceActor& device, base::TimePoint until);

    // Notes an attack, or how a deployment ended, as an event of the device with its evidence: each once for
    // a deployment, which may be one that somebody invented, and kNotedADay in all. What is older than the
    // device's last word and what ends nothing write nothing. Errors: not_found, unavailable.
    void take(const fleet::DeviceActor& device, Told told, std::function<void(base::Status)> done);

    // Signatures made since the start.
    std::uint64_t made() const;

  private:
    // The list of releases as it was issued last.
    struct Listed {
        std::string stamp;
        base::Digest256 content; // of what devices are told of: a new timestamp alone changes nothing
        trust::Root root;
        std::map<std::string, trust::TargetFile> files;
    };
    struct Kept {
        base::Digest256 content; // of the list that it was made from
        std::string deployment;  // empty: nothing is permitted
        std::uint64_t number = 0;
        base::TimePoint until{};
        std::string text;
    };
    struct Hash {
        std::size_t operator()(const shard::DeviceKey& key) const {
            return key.device.get().low ^ (key.device.get().high * 31) ^ key.tenant.get();
        }
    };
    // Versions: where this run began and when, by the monotonic clock, and up to where they are reserved.
    struct Numbers {
        std::uint64_t least = 0, reserved = 0;
        base::Duration since{};
        std::uint64_t at(base::TimePoint now, base::Duration steady) const;
    };
    // What a device told since then, and was written down.
    struct Noted {
        base::TimePoint since{};
        std::vector<std::string> what;
    };
    using Directions = std::unordered_map<shard::DeviceKey, Kept, Hash>;

    base::Result<std::shared_ptr<const Listed>> listed(device::TenantId tenant) EXCLUDES(loading_, mutex_);
    std::shared_ptr<const Listed> listed_now(device::TenantId tenant, const std::string& stamp);
    std::optional<std::uint64_t> least_version(device::TenantId tenant);
    bool is_to_be_noted(const shard::DeviceKey& device, std::string what, base::TimePoint now);
    base::Result<std::string> sign(const trust::Root& root, const trust::Targets& direction) const;
    struct Permitted {
        std::optional<trust::Permission> permission;
        std::string deployment; // with its attempt; empty: nothing is permitted
        std::uint64_t number = 0;
    };
    base::Result<Permitted> permitted(const Listed& list, const fleet::DeviceActor& device) const;
    void forget(const shard::DeviceKey& device);
    void keep(const shard::DeviceKey& device, Kept kept);
    bool is_newer(const shard::DeviceKey& device, std::uint64_t sequence);

    fleet::Core& core_;
    const fleet::OfferSource& offers_;
    Repository& repository_;
    ports::Signer& signer_;
    base::Mutex loading_; // held while a new list is read; before mutex_
    mutable base::Mutex mutex_;
    std::map<device::TenantId, Numbers> numbers_ GUARDED_BY(mutex_);
    std::unordered_map<shard::DeviceKey, Noted, Hash> noted_ GUARDED_BY(mutex_);
    std::map<device::TenantId, std::shared_ptr<const Listed>> listed_ GUARDED_BY(mutex_);
    // Two generations: when the younger is full the older goes, so that there is no list of ages to keep.
    Directions younger_ GUARDED_BY(mutex_), older_ GUARDED_BY(mutex_);
    std::unordered_map<shard::DeviceKey, std::uint64_t, Hash> sequences_ GUARDED_BY(mutex_);
    std::uint64_t made_ GUARDED_BY(mutex_) = 0;
};

} // namespace oakum::releases
