// SPDX-License-Identifier: Apache-2.0
#include <source/timing.hpp>

#include <algorithm>

namespace oakum::source {
namespace {

constexpr base::Duration kFirstRetry = std::chrono::seconds(1), kFirstBackoff = std::chrono::minutes(5),
                         kLongestBackoff = std::chrono::hours(6), kLongestAsked = std::chrono::hours(24);

base::Duration part_of(base::Duration whole, std::uint32_t dice) {
    return base::Duration(static_cast<std::int64_t>(static_cast<double>(whole.count()) *
                                                    (static_cast<double>(dice) / 4294967295.0)));
}

} // namespace

base::Duration pause_before_retry(unsigned failed, std::optional<base::Duration> asked, std::uint32_t dice) {
    const base::Duration whole = kFirstRetry * (1 << std::min(failed > 0 ? failed - 1 : 0U, 6U));
    return std::max(whole / 2 + part_of(whole, dice), asked.value_or(base::Duration()));
}

base::TimePoint next_after_success(base::TimePoint now, std::chrono::seconds every, std::uint32_t dice) {
    const base::Duration whole = every;
    return now + whole - whole / 10 + part_of(whole / 5, dice);
}

base::TimePoint next_after_failure(base::TimePoint now, std::chrono::seconds every, unsigned failures,
                                   std::optional<base::Duration> asked, std::uint32_t dice) {
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0U, 10U);
    base::Duration whole = std::min(kFirstBackoff * (1 << doublings), kLongestBackoff);
    whole = std::min(whole, std::max<base::Duration>(every, kFirstBackoff));
    const base::Duration wait = whole / 2 + part_of(whole / 2, dice);
    return now + std::max(wait, std::min(asked.value_or(base::Duration()), kLongestAsked));
}

bool is_due(base::TimePoint next, base::TimePoint now, std::chrono::seconds every) {
    const base::Duration longest = std::max<base::Duration>(2 * every, kLongestAsked);
    return next <= now || next - now > longest;
}

} // namespace oakum::source
