// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstdint>

namespace oakum::updates {

// Holds a transfer to a rate. Time is given, never read.
class TokenBucket {
  public:
    // Full at the start. A rate of zero means no limit.
    TokenBucket(std::uint64_t bytes_per_second, std::uint64_t burst);
    bool unlimited() const { return rate_ == 0; }
    // How much may pass now, at most `wanted`; it counts as passed.
    std::uint64_t take(base::Duration now, std::uint64_t wanted);
    // When `amount` (at most the burst) will be there.
    base::Duration wait(base::Duration now, std::uint64_t amount);

  private:
    void fill(base::Duration now);
    std::uint64_t rate_;
    std::uint64_t burst_;
    std::uint64_t level_milli_; // thousandths of a byte
    base::Duration filled_at_{};
    bool started_ = false;
};

} // namespace oakum::updates
