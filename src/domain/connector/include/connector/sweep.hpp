// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// When a device that a system names no more has left it.
namespace oakum::connector {

inline constexpr unsigned kSweepsUntilGone = 3; // full ones in a row
// Bounds of one sweep.
inline constexpr std::uint64_t kMostPages = 20'000, kMostDevices = 1'000'000;

struct Missing {
    unsigned sweeps = 0;
    base::TimePoint since{};
    bool operator==(const Missing&) const = default;
};
struct AfterSweep {
    std::map<std::string, Missing> missing; // not named, and not gone yet; by the device's id here
    std::vector<std::string> gone;
    bool suspicious = false; // it lost too many at once: nothing was counted
};

enum class Trust : bool { normal, forced };
// After a full sweep that named `named` devices: `unnamed` are those that were followed and that it did not.
// A sweep that lost more than a tenth and more than ten that were there the last time is not believed,
// unless a person says so.
AfterSweep after_sweep(const std::map<std::string, Missing>& before, const std::vector<std::string>& unnamed,
                       std::uint64_t named, Trust trust, base::TimePoint now);

} // namespace oakum::connector
