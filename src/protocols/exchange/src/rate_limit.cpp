// SPDX-License-Identifier: Apache-2.0
#include <exchange/rate_limit.hpp>

#include <base/digest.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace oakum::exchange {

RateLimit::RateLimit(Rate rate, std::size_t cells, std::uint64_t key0, std::uint64_t key1)
    : interval_us_(1'000'000 / std::max<std::int64_t>(rate.per_second, 1)),
      tolerance_us_(interval_us_ * std::max<std::int64_t>(rate.burst, 1)), key0_(key0), key1_(key1),
      cells_(std::bit_ceil(std::max<std::size_t>(cells, 1))) {}

std::optional<base::Duration> RateLimit::take(std::uint64_t high, std::uint64_t low, base::Duration steady) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(high >> (8 * i));
        bytes[8 + i] = static_cast<std::uint8_t>(low >> (8 * i));
    }
    // Keyed, so that nobody can choose whose cell to fill.
    std::atomic<std::int64_t>& cell = cells_[base::siphash24(key0_, key1_, bytes) & (cells_.size() - 1)];
    const std::int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(steady).count();
    std::int64_t empty_at = cell.load(std::memory_order_relaxed);
    for (;;) {
        const std::int64_t next = std::max(empty_at, now) + interval_us_;
        if (const std::int64_t over = next - now - tolerance_us_; over > 0)
            return base::Duration((over + 999) / 1000);
        if (cell.compare_exchange_weak(empty_at, next, std::memory_order_relaxed)) return std::nullopt;
    }
}

} // namespace oakum::exchange
