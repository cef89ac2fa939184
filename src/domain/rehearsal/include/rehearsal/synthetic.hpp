// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/assembly.hpp>

#include <span>

namespace oakum::rehearsal {

// One of several values of a synthetic fleet, and how many devices in a hundred have it.
struct Portion {
    std::string_view value;
    std::uint32_t percent = 0;
};
// What a synthetic fleet is made of; the percents of each are 100.
std::span<const Portion> synthetic_models();   // "model A"
std::span<const Portion> synthetic_zones();    // of its sites
std::span<const Portion> synthetic_cadences(); // seconds between two polls
std::span<const Portion> synthetic_agents();   // protocols: the native one keeps windows by itself
// Devices of one site stand in one zone.
inline constexpr std::uint32_t kDevicesASite = 50, kMostSites = 5'000;

// So many devices: made by the seed, the same for the same one. Each has a model, a site, a time zone, a
// cadence and a protocol, and nothing else is known of it; all of them are the plan's.
void add_synthetic(Assembly& assembly, std::uint32_t devices, std::uint64_t seed);

} // namespace oakum::rehearsal
