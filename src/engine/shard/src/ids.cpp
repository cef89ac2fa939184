// SPDX-License-Identifier: Apache-2.0
#include <shard/ids.hpp>

namespace oakum::shard {

base::Id128 Ids::next() {
    std::array<std::uint8_t, 10> random{};
    random_.fill(random);
    const std::int64_t now = base::unix_ms(clock_.now());
    return base::make_id128(static_cast<std::uint64_t>(now < 0 ? 0 : now), random);
}

} // namespace oakum::shard
