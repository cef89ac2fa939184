// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/ids.hpp>
#include <rollout/plan.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::rollout {

constexpr std::uint32_t kWhole = 1'000'000;
constexpr std::size_t kMaxWaves = 32;
constexpr std::size_t kMaxWaveQuery = 4096;

// The place of a device in a rollout, 0 .. 999'999: a keyed hash, so that it needs no row, is the same
// whenever it is asked, and is independent of the places in other rollouts.
inline std::uint32_t place_of(std::uint64_t key0, std::uint64_t key1, device::DeviceId id) {
    const auto bytes = base::to_bytes(id.get());
    return static_cast<std::uint32_t>(base::siphash24(key0, key1, bytes) % kWhole);
}

// The first wave that takes the device of that place; nullopt: none does. `holds` says of a wave, by its
// number, whether its query holds for the device: always, where it has none. Waves are what has a share_ppm.
template <class Waves, class Holds>
std::optional<std::uint32_t> wave_of(const Waves& waves, std::uint32_t place, Holds holds) {
    for (std::uint32_t i = 0; i < waves.size(); ++i)
        if (place < waves[i].share_ppm && holds(i)) return i;
    return std::nullopt;
}

// A wave for which those before it leave nobody.
struct EmptyWave {
    std::size_t wave = 0;
    std::string why;
};
std::vector<EmptyWave> empty_waves(const std::vector<Wave>& waves);

// Errors: invalid, with the field at fault: no wave, one that nobody is left for, rates over a million, a
// query that cannot be read, ...
base::Status check(const Plan& plan);

} // namespace oakum::rollout
