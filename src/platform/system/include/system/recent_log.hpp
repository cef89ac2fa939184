// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>
#include <system/log_line.hpp>

#include <deque>
#include <vector>

namespace oakum::system {

// What may leave the house of a line: quoted text, addresses, and words that are as long as a secret are left
// out, and of what anybody outside can cause (info and below) only what stands before it, its id and status.
std::string for_strangers(base::LogLevel level, std::string_view text);

// Passes lines on, and keeps the newest few as strangers may see them. Callable from any thread.
class RecentLog final : public base::LogSink {
  public:
    RecentLog(base::LogSink& next, ports::Clock& clock, std::size_t most)
        : next_(next), clock_(clock), most_(most) {}
    void write(base::LogLevel level, std::string_view area, std::string_view text) override;
    // Each with its end, oldest first.
    std::vector<std::string> lines() const;

  private:
    base::LogSink& next_;
    ports::Clock& clock_;
    const std::size_t most_;
    mutable base::Mutex mutex_;
    std::deque<std::string> lines_ GUARDED_BY(mutex_);
};

} // namespace oakum::system
