// SPDX-License-Identifier: Apache-2.0
#include <system/bounded_log.hpp>

#include <string>

namespace oakum::system {

void BoundedLog::write(base::LogLevel level, std::string_view area, std::string_view text) {
    std::uint64_t left_out = 0;
    if (level <= base::LogLevel::info) {
        const base::Duration now = clock_.steady();
        base::Lock lock(mutex_);
        if (now - second_ >= std::chrono::seconds(1)) {
            second_ = now;
            written_ = 0;
        }
        if (written_ == most_) {
            ++left_out_;
            return;
        }
        ++written_;
        left_out = std::exchange(left_out_, 0);
    }
    if (left_out > 0)
        next_.write(base::LogLevel::warning, "log",
                    std::to_string(left_out) + " lines were left out: there were too many a second");
    next_.write(level, area, text);
}

} // namespace oakum::system
