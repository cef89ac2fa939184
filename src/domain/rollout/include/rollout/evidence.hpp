// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace oakum::rollout {

// What outcomes prove about a release's true rate of failure, whenever and however often one looks: each
// value below is, in a world that the gate must not mistake for the other, a fair game's stake (a
// non-negative supermartingale that begins at 1), so that the chance that it ever reaches 1/error is at most
// the error (Ville's inequality). It is a function of two counts: the order of reports, repeats and restarts
// cannot change it.
//
// Mixtures of likelihood ratios over fixed grids. Against the tolerated rate p0 the alternatives have the
// odds of p0 times those of 2, 3, 5, 10, 20 and 50 % to 1 %; for it they are 2, 10, 25 and 50 % of p0.
struct Tolerance {
    double tolerated = 0.05;     // the rate of failure that is still good enough, 0 < p0 < 1
    double halt_error = 0.01;    // at most so often is a release halted that fails at p0 or less
    double proceed_error = 0.05; // at most so often goes a release on that fails at p0 or more
    bool operator==(const Tolerance&) const = default;
};

// Natural logarithms of the evidence that the rate is above, or below, the tolerated one. failures <=
// devices.
double log_evidence_above(std::uint64_t devices, std::uint64_t failures, double tolerated);
double log_evidence_below(std::uint64_t devices, std::uint64_t failures, double tolerated);

// Shown to fail more often than is tolerated. Devices are all that began, those without an outcome counted as
// good: failures report at once, success only after its soak, so that finished devices alone would look bad
// early.
bool shown_above(std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance);
// Shown to fail less often. Devices without an outcome count as failures here.
bool shown_below(std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance);

// The fewest failures among so many devices that halt; devices + 1 when none do.
std::uint64_t failures_that_halt(std::uint64_t devices, const Tolerance& tolerance);
// The most failures among so many devices with which the release is still proven good enough; nothing when
// even none of them failing proves it.
std::optional<std::uint64_t> failures_that_prove(std::uint64_t devices, const Tolerance& tolerance);
// The fewest devices with so many failures among them that prove the release good enough.
std::uint64_t devices_that_prove(std::uint64_t failures, const Tolerance& tolerance);

} // namespace oakum::rollout
