// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/in_force.hpp>
#include <fleet/live_fleet.hpp>
#include <risk/deadline_policy.hpp>
#include <risk/next_fix.hpp>

#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace oakum::assessment {

// The words of the facts "criticality", "exposure" and "safety_critical" as a context of risk; what is
// missing or not known is the default that risk::Context documents.
risk::Context context_of(std::string_view criticality, std::string_view exposure, std::string_view safety);

// What one advisory means for the devices of a selection.
struct AdvisoryFigures {
    std::uint32_t advisory = 0;              // in the knowledge's file
    std::uint64_t affected = 0, unknown = 0; // devices
    // By decisions of people: of the affected or unknown ones, those where it is only accepted or suppressed,
    // and those where it is open and mitigated; beside them, those that were ruled out.
    std::uint64_t accepted = 0, suppressed = 0, mitigated = 0, not_affected = 0;
    double points = 0;
};

struct Figures {
    std::uint64_t devices = 0;  // in the selection, retired ones left out
    std::uint64_t assessed = 0; // with software that could be looked at
    // Nothing reported or assessed, or nothing known against it while something is unknown.
    std::uint64_t cannot_tell = 0;
    std::uint64_t exposed = 0;   // at least one affected finding
    std::uint64_t exploited = 0; // at least one that is known to be exploited
    std::uint64_t findings_open = 0, findings_unknown = 0;
    std::uint64_t excepted = 0; // nothing is open or unclear, and something is not open by a decision
    std::uint64_t findings_mitigated = 0; // of the open and unknown ones
    std::uint64_t findings_accepted = 0, findings_not_affected = 0, findings_suppressed = 0;
    std::uint64_t& count(exception::Kind kind);
    std::uint64_t no_software = 0, assumed_exposure = 0;
    std::uint64_t not_assessed = 0;    // with software of which nothing could be assessed
    std::uint64_t partly_assessed = 0; // with some that could not, beside what could
    // Open findings, over all devices, whose deadline rests on an exposure that nobody told.
    std::uint64_t deadlines_on_assumption = 0;
    double risk = 0;
    // By advisory::Severity: not_scored, none, low, medium, high, critical; open findings summed over
    // devices.
    std::array<std::uint64_t, 6> by_severity{};
    std::vector<AdvisoryFigures> advisories; // exploited first, then by points
};

// One pass over the distinct (sets, context) of the selection; independent of the number of devices
// otherwise.
Figures figures(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                const fleet::Selection& selection,
                const risk::DeadlinePolicy& policy = risk::default_policy());

// The same for one device.
struct DeviceFigures {
    bool assessed = false;
    double risk = 0;
    std::uint64_t open = 0, exploited = 0, unknown = 0;
    std::uint64_t excepted = 0; // not open by a decision
    std::array<std::uint64_t, 6> by_severity{};
};
DeviceFigures figures(const AssessedFleet& assessed, device::SetId base, device::SetId delta,
                      const risk::Context& context, std::uint64_t cell = 0);

// Which advisories are known to be exploited and affect at least one device, by their first ids, sorted.
struct Exploited {
    std::vector<std::string> advisories;
    bool complete = true; // false: some software was not assessed yet
};
Exploited exploited(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                    const fleet::Selection& selection);

// The same of those whose EPSS score has risen within a month and that nobody is known to exploit.
Exploited risen(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                const fleet::Selection& selection);

// What would remove most of the risk: releases at hand, and updates that the vendor of a phone's system
// offers.
struct Fix {
    bool vendor = false;
    std::string name, version;
    ports::ReleaseId release; // zero for a vendor's
    std::vector<std::string> models;
    std::uint64_t devices = 0, findings_ended = 0, exploited_ended = 0, brings = 0;
    double risk_removed = 0;
    // By this row and those above it. A device takes one release: of rows for the same devices the better
    // counts, not their sum.
    double cumulative_risk_removed = 0;
    // What it removes from each kind of device that can take it; kinds are numbered alike in all rows.
    struct Share {
        std::size_t kind = 0;
        double risk_removed = 0;
    };
    std::vector<Share> shares;
};
struct Fixes {
    std::vector<Fix> rows; // most risk removed first
    double total_risk = 0;
    std::uint64_t devices_without_fix = 0; // exposed, and no row helps them
    std::uint64_t exploited_with_fix = 0;  // exposed to something exploited, and a row ends some of it
    // What holds of all devices that run the same in the same context: whether they are exposed, and whether
    // a row helps them.
    struct Standing {
        bool exposed = false, helped = false;
        bool exposed_helped = false;   // both
        bool exploited_helped = false; // exposed to something exploited, and a row ends some of it
    };
    using Kind = std::tuple<device::SetId, device::SetId, std::vector<std::string>, std::uint64_t>;
    std::map<Kind, Standing> kinds;
    std::vector<Kind> numbered;          // the same, by the numbers that shares name
    std::vector<fleet::Selection> cells; // by which those were told apart
};
// Which of these kinds the device is, of which cell it is.
Fixes::Kind kind_of(const fleet::Glance& device, std::uint64_t cell);
// Devices of a part of the selection that the fixes were computed for; costs no assessment.
struct Exposed {
    std::uint64_t devices = 0, with_fix = 0;
};
Exposed exposed_of(const fleet::LiveFleet& fleet, const fleet::Selection& part, const Fixes& fixes);
// How the device stands, of which cell it is; null: the fixes were not computed for what it runs.
const Fixes::Standing* standing_of(const Fixes& fixes, const fleet::Glance& device, std::uint64_t cell);
struct Offer {
    const ports::ReleaseRow* release = nullptr;
    std::shared_ptr<const AssessedSet> assessed;
};
Fixes fixes(const fleet::LiveFleet& fleet, const AssessedFleet& assessed, const fleet::Selection& selection,
            const std::vector<Offer>& offers);

} // namespace oakum::assessment
