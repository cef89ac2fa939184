// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/standing.hpp>

#include <optional>
#include <vector>

namespace oakum::assessment {

// What another policy of deadlines would change today.
struct DeadlineChange {
    std::uint64_t devices = 0;
    std::uint64_t overdue_before = 0, overdue_after = 0;
    std::uint64_t newly_overdue = 0, no_longer_overdue = 0; // devices
    std::uint64_t findings = 0, sooner = 0, later = 0;      // open ones, over all devices
    std::uint64_t on_assumption_before = 0,
                  on_assumption_after = 0; // findings that rest on an assumed exposure
    struct Row {
        std::optional<int> days; // nothing: with the next upgrade
        bool forensic_triage = false;
        std::uint64_t before = 0, after = 0; // findings
    };
    std::vector<Row> rows; // the shortest first
};

// Judges nothing again: costs as much as the fleet has distinct sets in distinct contexts, and one census.
DeadlineChange deadline_change(const fleet::LiveFleet& fleet, device::TenantId tenant,
                               const std::shared_ptr<const AssessedFleet>& assessed, const Policy& before,
                               const Policy& after, base::TimePoint now);

} // namespace oakum::assessment
