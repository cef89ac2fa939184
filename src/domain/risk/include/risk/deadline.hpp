// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/file.hpp>
#include <risk/risk.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::risk {

// CISA BOD 26-04 (June 2026), table 1.0.0; in the order of the outcomes of bod_26_04() in ssvc.hpp.
enum class Timeline : std::uint8_t { on_upgrade, sixty_days, fourteen_days, three_days, three_days_forensic };
std::string_view to_string(Timeline timeline);
// Nothing for on_upgrade.
std::optional<int> days(Timeline timeline);

struct DeadlineInputs {
    bool known_exploited = false, publicly_exposed = false, automatable = false, total_impact = false;
};
Timeline timeline(const DeadlineInputs& inputs);

// The class of one finding in a context. Publicly exposed is what is open; unknown exposure counts as
// controlled, as it does for the risk, and is marked. What SSVC does not state is derived and marked:
// automatable when the CVSS vector needs neither nearness, luck, rights nor a person; total when
// confidentiality and integrity are both lost wholly, or one of them by a weakness that lets code run.
struct Deadline {
    Timeline timeline = Timeline::on_upgrade;
    DeadlineInputs inputs;
    bool automatable_derived = false, impact_derived = false, exposure_assumed = false;
    std::string sentence;
};
Deadline deadline(const advisory::AdvisoryView& advisory, const Context& context);

// The time that a deadline gives, and from when on it runs, as far as the advisory says: from its disclosure,
// or from when it became known to be exploited where that is why it is short. On a device that was first seen
// later it runs from then. Nothing: with the next upgrade.
struct Term {
    int days = 0;
    base::TimePoint from{}; // zero: not stated
};
std::optional<Term> term(const advisory::AdvisoryView& advisory, const Context& context);

} // namespace oakum::risk
