// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>

#include <cstdint>

namespace oakum::system {

// Passes lines on, but of those that anybody on the network can cause (info and below) no more than so many a
// second: a flood of bad requests fills no disk. What was left out is counted and said. Callable from any
// thread.
class BoundedLog final : public base::LogSink {
  public:
    BoundedLog(base::LogSink& next, ports::Clock& clock, std::uint32_t lines_a_second)
        : next_(next), clock_(clock), most_(lines_a_second) {}
    void write(base::LogLevel level, std::string_view area, std::string_view text) override;

  private:
    base::LogSink& next_;
    ports::Clock& clock_;
    const std::uint32_t most_;
    base::Mutex mutex_;
    base::Duration second_ GUARDED_BY(mutex_){}; // when the present second began
    std::uint32_t written_ GUARDED_BY(mutex_) = 0;
    std::uint64_t left_out_ GUARDED_BY(mutex_) = 0;
};

} // namespace oakum::system
