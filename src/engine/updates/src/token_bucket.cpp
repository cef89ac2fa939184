// SPDX-License-Identifier: Apache-2.0
#include <updates/token_bucket.hpp>

#include <algorithm>

namespace oakum::updates {

TokenBucket::TokenBucket(std::uint64_t bytes_per_second, std::uint64_t burst)
    : rate_(bytes_per_second), burst_(std::max<std::uint64_t>(burst, 1)), level_milli_(burst_ * 1000) {}

void TokenBucket::fill(base::Duration now) {
    if (!started_ || now < filled_at_) {
        started_ = true;
        filled_at_ = now;
        return;
    }
    // A rate in bytes a second is one in thousandths of a byte a millisecond.
    const auto elapsed = static_cast<std::uint64_t>((now - filled_at_).count());
    const std::uint64_t full = burst_ * 1000;
    const std::uint64_t room = full - level_milli_;
    level_milli_ = elapsed > room / rate_ ? full : level_milli_ + elapsed * rate_;
    filled_at_ = now;
}

std::uint64_t TokenBucket::take(base::Duration now, std::uint64_t wanted) {
    if (unlimited()) return wanted;
    fill(now);
    const std::uint64_t granted = std::min(wanted, level_milli_ / 1000);
    level_milli_ -= granted * 1000;
    return granted;
}

base::Duration TokenBucket::wait(base::Duration now, std::uint64_t amount) {
    if (unlimited()) return base::Duration::zero();
    fill(now);
    const std::uint64_t needed = std::min(amount, burst_) * 1000;
    if (needed <= level_milli_) return base::Duration::zero();
    return base::Duration(static_cast<std::int64_t>((needed - level_milli_ + rate_ - 1) / rate_));
}

} // namespace oakum::updates
