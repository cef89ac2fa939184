// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

namespace oakum::exchange {

// So many requests a second and key, with a burst above it: the generic cell rate algorithm over a fixed
// table, so that no number of keys costs memory. Keys that fall into one cell share its rate. Monotonic time;
// any thread, no lock.
class RateLimit {
  public:
    struct Rate {
        std::uint32_t per_second = 10;
        std::uint32_t burst = 100;
    };
    // `cells` is rounded up to a power of two.
    RateLimit(Rate rate, std::size_t cells, std::uint64_t key0, std::uint64_t key1);

    // How long to wait, or nothing: go on, and it was counted.
    std::optional<base::Duration> take(std::uint64_t high, std::uint64_t low, base::Duration steady);

  private:
    const std::int64_t interval_us_, tolerance_us_;
    const std::uint64_t key0_, key1_;
    std::vector<std::atomic<std::int64_t>> cells_; // when the cell is empty again, in microseconds
};

} // namespace oakum::exchange
