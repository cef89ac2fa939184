// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/id.hpp>
#include <device/ids.hpp>
#include <ports/clock.hpp>

#include <functional>

namespace oakum::shard {

// Whose rows: one shard of one tenant. Its control shard holds what belongs to the tenant as a whole.
struct Place {
    device::TenantId tenant;
    device::ShardId shard;
    auto operator<=>(const Place&) const = default;
    bool operator==(const Place&) const = default;
};
inline Place control_of(device::TenantId tenant) {
    return {tenant, device::kControlShard};
}
inline Place place_of(device::TenantId tenant, device::DeviceId id) {
    return {tenant, device::shard_of(tenant, id)};
}

struct DeviceKey {
    device::TenantId tenant;
    device::DeviceId device;
    auto operator<=>(const DeviceKey&) const = default;
    bool operator==(const DeviceKey&) const = default;
};

// Fresh time-ordered ids from the Random port. Callable from any thread when both ports are.
class Ids {
  public:
    Ids(ports::Clock& clock, ports::Random& random) : clock_(clock), random_(random) {}
    base::Id128 next();
    template <class Id> Id next_as() { return Id(next()); }

  private:
    ports::Clock& clock_;
    ports::Random& random_;
};

} // namespace oakum::shard

template <> struct std::hash<oakum::shard::DeviceKey> {
    std::size_t operator()(const oakum::shard::DeviceKey& key) const {
        return std::hash<oakum::device::DeviceId>{}(key.device) * 31 + key.tenant.get();
    }
};
