// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <risk/deadline_policy.hpp>

#include <optional>
#include <string>

namespace oakum::risk {

// The time that a finding gives, and from when on it runs, as far as its advisory says: from its disclosure,
// or from when it became known to be exploited where that is why it is short. On a device that was first seen
// later it runs from then. CISA's own due date counts where it ends earlier than what the policy gives.
struct Term {
    int days = 0;
    base::TimePoint from{};   // zero: not stated
    bool of_the_list = false; // by the due date in the list of what is known to be exploited
};
// Nothing: with the next upgrade.
std::optional<Term> term(const advisory::AdvisoryView& advisory, const Context& context,
                         const DeadlinePolicy& policy = default_policy());

// The class of one finding in a context, with why.
struct Deadline {
    Outcome outcome;
    Answers answers;
    std::optional<Term> term;
    // Would be later, or not at all, were the device known to be closed to strangers.
    bool rests_on_assumed_exposure = false;
    std::string sentence;
};
Deadline deadline(const advisory::AdvisoryView& advisory, const Context& context,
                  const DeadlinePolicy& policy = default_policy());

// How a deadline was kept as of a moment. none: with the next upgrade.
enum class Kept : std::uint8_t { in_time, late, not_due, overdue, none };
// `closed`: when the device was proven to be rid of it; nothing: it is open.
Kept kept(const std::optional<Term>& term, base::TimePoint first_seen, std::optional<base::TimePoint> closed,
          base::TimePoint as_of);

// Whether somebody knowing the device's exposure could give it more time. Costs no text.
bool rests_on_exposure(const advisory::AdvisoryView& advisory, const Context& context,
                       const DeadlinePolicy& policy);

} // namespace oakum::risk
