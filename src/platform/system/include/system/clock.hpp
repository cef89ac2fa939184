// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/clock.hpp>

namespace oakum::system {

// The machine's wall clock, and the monotonic one that goes on while it is suspended.
class SystemClock final : public ports::Clock {
  public:
    base::TimePoint now() override;
    base::Duration steady() override;
};

// The kernel's generator. A kernel that has none ends the process: nothing that needs randomness may go on
// without.
class SystemRandom final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override;
};

} // namespace oakum::system
