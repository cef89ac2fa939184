// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace oakum::http {

using Steady = std::chrono::steady_clock;

class Deadlines;

// Something with a deadline that moves often: a connection. Setting it is a store; the wheel looks again
// later.
class Timed {
  public:
    virtual ~Timed();
    Timed() = default;
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    virtual void expire() = 0;

  private:
    friend class Deadlines;
    static constexpr std::int64_t kNever = INT64_MAX;
    Steady::time_point due_ = Steady::time_point::max();
    std::int64_t tick_ = kNever; // when the wheel comes by
    Timed* previous_ = nullptr;
    Timed* next_ = nullptr;
    Timed** head_ = nullptr; // of the slot's list; null outside the wheel
    void unlink();
};

// Deadlines of one io thread, exact to a tick. A hashed wheel in which an entry is moved only when its turn
// comes and its deadline has moved on, so that a busy connection costs no more than a store a request.
class Deadlines {
  public:
    static constexpr auto kTick = std::chrono::milliseconds(25);
    explicit Deadlines(Steady::time_point now) : swept_(now.time_since_epoch() / kTick) {}
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

    void set(Timed& timed, Steady::time_point due);
    static void clear(Timed& timed) { timed.due_ = Steady::time_point::max(); }
    // Calls expire() of what is due. Entries may be destroyed and deadlines set meanwhile.
    void sweep(Steady::time_point now);

  private:
    static constexpr std::int64_t kSlots = 4096; // 102 seconds; what is due later is looked at more than once
    void insert(Timed& timed);
    Timed*& slot(std::int64_t tick) { return slots_[static_cast<std::size_t>(tick % kSlots)]; }
    // The first tick that is not before the deadline.
    static std::int64_t tick_of(Steady::time_point due) {
        return (due.time_since_epoch() + kTick - Steady::duration(1)) / kTick;
    }
    std::array<Timed*, static_cast<std::size_t>(kSlots)> slots_{};
    std::int64_t swept_;
};

} // namespace oakum::http
