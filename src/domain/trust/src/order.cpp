// SPDX-License-Identifier: Apache-2.0
#include <trust/order.hpp>

#include <algorithm>

namespace oakum::trust {

Order draft_order(std::string device, std::uint64_t timestamp_version, base::ByteView timestamp,
                  const base::Digest256& artifact, std::string answer, base::TimePoint now,
                  base::Duration life) {
    Order order;
    order.header.version = static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(now), 1));
    order.header.expires = std::chrono::floor<std::chrono::seconds>(now + std::min(life, kMostCarried));
    order.device = std::move(device);
    order.timestamp.version = timestamp_version;
    order.timestamp.length = timestamp.size();
    order.timestamp.hashes.sha256 = base::sha256(timestamp);
    order.artifact = artifact;
    order.answer = std::move(answer);
    return order;
}

} // namespace oakum::trust
