// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

// When to ask again. `dice` is any 32 random bits: servers of many sites should not come at once.
namespace oakum::source {

inline constexpr unsigned kAttempts = 5; // of one request, before a sync gives up
// A publisher that asks for a longer wait than this is left alone until then, and the sync ends.
inline constexpr base::Duration kLongestPause = std::chrono::minutes(2);

// Before the attempt after this many: 1, 2, 4, 8 s, half to one and a half times that, and not less than
// asked.
base::Duration pause_before_retry(unsigned failed, std::optional<base::Duration> asked, std::uint32_t dice);

// The next sync after one that ended well: a tenth earlier or later than its time.
base::TimePoint next_after_success(base::TimePoint now, std::chrono::seconds every, std::uint32_t dice);

// After the n-th failure in a row: 5 min doubled each time up to 6 h (and no later than its time, when that
// is longer apart than 5 min), half to all of it; and not before what the publisher asked for, a day at most.
base::TimePoint next_after_failure(base::TimePoint now, std::chrono::seconds every, unsigned failures,
                                   std::optional<base::Duration> asked, std::uint32_t dice);

// Whether it is time. A clock that was set back does not put a sync off for longer than twice its time.
bool is_due(base::TimePoint next, base::TimePoint now, std::chrono::seconds every);

} // namespace oakum::source
