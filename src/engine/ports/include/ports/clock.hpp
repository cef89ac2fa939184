// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <span>

namespace oakum::ports {

class Clock {
  public:
    virtual ~Clock() = default;
    // Wall time, for records and expiry.
    virtual base::TimePoint now() = 0;
    // Monotonic time since an arbitrary start, for timeouts.
    virtual base::Duration steady() = 0;
};

class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

// A queue of work on one logical thread, in order. post may be called from any thread; the work runs on that
// thread.
class Executor {
  public:
    virtual ~Executor() = default;
    virtual void post(std::function<void()> work) = 0;
    // Not before `delay` of monotonic time has passed.
    virtual void post_after(base::Duration delay, std::function<void()> work) = 0;
};

} // namespace oakum::ports
