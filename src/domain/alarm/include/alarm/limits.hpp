// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <chrono>
#include <cstdint>

// From when on something is wrong; one place for alarms, `oakumd doctor` and the pages.
namespace oakum::alarm {

inline constexpr base::Duration kDay = std::chrono::hours(24);
inline constexpr base::Duration kFeedStale = 7 * kDay;   // after its import
inline constexpr base::Duration kSourceFails = kDay;     // since its first failure in a row
inline constexpr base::Duration kCaSoon = 90 * kDay;     // before it ends: devices trust it alone
inline constexpr base::Duration kServerSoon = 10 * kDay; // before it ends: it is renewed by itself
inline constexpr base::Duration kPushSoon = 60 * kDay;   // Apple's: a person renews it
inline constexpr base::Duration kSettling = kDay;   // of a new server: what set-up asks for is no alarm yet
inline constexpr base::Duration kPausedLong = kDay; // a rollout that a person stopped
inline constexpr base::Duration kUndecidedLong = 3 * kDay; // a rollout that waits for approval
inline constexpr base::Duration kAskedLong = kDay;         // a wave that a person is to open
inline constexpr base::Duration kWaveLong = 14 * kDay;     // a wave that neither ends nor fails
inline constexpr base::Duration kChannelFails = std::chrono::minutes(10); // nothing arrived since

// Of the file system that holds everything: nothing is written once it is full.
constexpr bool disk_is_low(std::uint64_t free, std::uint64_t size) {
    return free < std::uint64_t{2} << 30 || free < size / 20;
}

} // namespace oakum::alarm
