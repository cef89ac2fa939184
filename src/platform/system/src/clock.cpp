// SPDX-License-Identifier: Apache-2.0
#include <system/clock.hpp>

#include <sys/random.h>
#include <time.h>

#include <cerrno>
#include <cstdlib>

namespace oakum::system {
namespace {

std::int64_t milliseconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

} // namespace

base::TimePoint SystemClock::now() {
    return base::from_unix_ms(milliseconds(CLOCK_REALTIME));
}

base::Duration SystemClock::steady() {
    return base::Duration(milliseconds(CLOCK_BOOTTIME));
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
        if (got > 0)
            bytes = bytes.subspan(static_cast<std::size_t>(got));
        else if (errno != EINTR)
            std::abort();
    }
}

} // namespace oakum::system
