// SPDX-License-Identifier: Apache-2.0
#include <shard/clock_watch.hpp>

namespace oakum::shard {

bool ClockWatch::look() {
    const base::TimePoint wall = clock_.now();
    const base::Duration steady = clock_.steady();
    const base::Duration off = (wall - wall_) - (steady - steady_);
    wall_ = wall;
    steady_ = steady;
    if (off < kJump && off > -kJump) return false;
    jumped_at_ = base::unix_ms(wall);
    jumped_by_seconds_ = std::chrono::duration_cast<std::chrono::seconds>(off).count();
    return true;
}

std::optional<std::string> ClockWatch::warning() const {
    const std::int64_t by = jumped_by_seconds_;
    if (by == 0) return std::nullopt;
    return "The server's clock jumped by " + std::to_string(by) + " seconds at " +
           base::to_iso8601(base::from_unix_ms(jumped_at_)) +
           "; nothing is signed and no wave is opened until it is checked and the server restarted.";
}

} // namespace oakum::shard
