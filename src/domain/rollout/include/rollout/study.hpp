// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/evidence.hpp>

#include <cstdint>
#include <optional>

namespace oakum::rollout {

// Many rollouts of a release whose true rate of failure is known, looked at after every start and every
// report.
struct Study {
    Tolerance tolerance;
    double true_rate = 0.05;
    std::uint32_t runs = 10'000;
    std::uint32_t devices = 10'000; // of each rollout; without a decision by then it is undecided
    // A good device reports when so many others have begun after it (its soak); a failure reports at once,
    // and one that fell silent counts when the delay is over.
    std::uint32_t delay = 0;
    double silent_share = 0; // of the failures
    std::uint64_t seed = 1;
};

struct StudyResult {
    std::uint32_t halted = 0, proceeded = 0, undecided = 0;
    std::optional<std::uint32_t> median_devices_at_decision; // that had begun; of those that were decided
};

// Error rates above and below zero and one are the caller's to refuse. O(runs x devices), no memory beyond
// both.
StudyResult study(const Study& setup);

// The same runs under the rule of a fixed share, as it is common: halt as soon as more than the tolerated
// share of at least `minimum` devices failed, proceed when all of them began and it did not. Only halts are
// told apart.
StudyResult study_fixed_share(const Study& setup, std::uint32_t minimum);

} // namespace oakum::rollout
