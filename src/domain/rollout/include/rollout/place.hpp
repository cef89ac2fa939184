// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/ids.hpp>
#include <rollout/plan.hpp>

#include <optional>

namespace oakum::rollout {

constexpr std::uint32_t kWhole = 1'000'000;

// The place of a device in a rollout, 0 .. 999'999: a keyed hash, so that it needs no row, is the same
// whenever it is asked, and is independent of the places in other rollouts.
inline std::uint32_t place_of(std::uint64_t key0, std::uint64_t key1, device::DeviceId id) {
    const auto bytes = base::to_bytes(id.get());
    return static_cast<std::uint32_t>(base::siphash24(key0, key1, bytes) % kWhole);
}

// The first wave that the place belongs to; nullopt when the last wave's share leaves it out.
inline std::optional<std::uint32_t> wave_of(const std::vector<Wave>& waves, std::uint32_t place) {
    for (std::uint32_t i = 0; i < waves.size(); ++i)
        if (place < waves[i].share_ppm) return i;
    return std::nullopt;
}

// Errors: invalid, with the field at fault: no wave, shares that do not rise, rates over a million, ...
base::Status check(const Plan& plan);

} // namespace oakum::rollout
