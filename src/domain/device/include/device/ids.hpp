// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/id.hpp>
#include <base/strong.hpp>

#include <cstdint>

namespace oakum::device {

using TenantId = base::Strong<struct TenantIdTag, std::uint32_t>;
using ShardId = base::Strong<struct ShardIdTag, std::uint16_t>;
using DeviceId = base::Id<struct DeviceIdTag>;
using GroupId = base::Id<struct GroupIdTag>;
// The digest of the sorted component digests of one layer: equal sets have equal ids.
using SetId = base::Strong<struct SetIdTag, base::Digest256>;
using ComponentId = base::Strong<struct ComponentIdTag, base::Digest256>;

inline const TenantId kDefaultTenant{1};
// Per-device state lives in shards 0..1023; what belongs to the tenant as a whole in its control shard.
constexpr std::uint16_t kShardCount = 1024;
inline const ShardId kControlShard{kShardCount};

// The distribution key of every per-device table: stable for the life of the device.
inline ShardId shard_of(TenantId tenant, DeviceId device) {
    const auto bytes = base::to_bytes(device.get());
    return ShardId(
        static_cast<std::uint16_t>(base::siphash24(tenant.get(), 0x6f616b756dULL, bytes) % kShardCount));
}

} // namespace oakum::device
