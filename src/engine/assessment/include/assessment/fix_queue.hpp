// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/deadlines.hpp>
#include <assessment/exposure.hpp>
#include <assessment/past_support.hpp>
#include <risk/budget.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oakum::assessment {

// What there is to do about what is open, the most risk first. Each open finding stands in every row that
// would end it, or in one row that says why nothing does.
struct QueueRow {
    // ready: a release is here, or a phone's maker offers its system's update. vendor: a fixed version was
    // published, and no release here brings it. none: nobody has published one. cannot: a release here would
    // end it, and these devices cannot take it.
    enum class State : std::uint8_t { ready, vendor, none, cannot };
    State state = State::ready;
    std::string id; // the same as long as it is about the same
    Fix fix; // of vendor, none and cannot: `models` is the one model; risk and findings are what is open;
             // of cannot `release` is the one that they cannot take
    std::string reason;
    std::set<std::string> revisions;     // cannot: those of their hardware that its release is not for
    std::vector<std::string> references; // vendor: "openssl 3.0.14"; none: what has no fix
    std::optional<base::TimePoint> due;  // the earliest
    std::uint64_t restarts = 0;          // devices that it takes down once
    std::vector<risk::UpdateOption::Share> shares;
};

struct FixQueue {
    std::vector<QueueRow> rows;
    double total_risk = 0;
    std::uint64_t devices_without_fix = 0;
    std::uint64_t unsupported = 0; // devices on a model, a system or with a component past its support
};

// What one row is about: what its update ends, or what is open there and no update ends.
struct FixFindings {
    struct Part {
        std::uint32_t advisory = 0; // its number in the knowledge that was asked
        bool exploited = false;
        std::uint64_t devices = 0;
        std::uint64_t findings = 0; // of those devices; one has several when several components are affected
        double points = 0;
    };
    std::string row;       // the id of the row that is asked for
    std::string component; // a phone's system: what its update mends; else empty
    // Of that system, on the row's devices, by their models: what one model is offered another is not.
    std::map<std::string, std::set<std::string>> versions;
    std::vector<Part> advisories; // exploited ones first, then those that weigh most
    // Verdicts of sets, and on how many devices each is what the row is about.
    std::map<std::pair<const AssessedSet*, std::uint32_t>, std::uint64_t> findings;
    std::set<Fixes::Kind> kinds; // of the devices that the row counts
};
// Whether the row counts the device, of which cell it is.
bool counts(const FixFindings& row, const fleet::Glance& device, std::uint64_t cell);

// `findings`: filled when somebody asks for them.
FixQueue fix_queue(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                   const fleet::Selection& selection, const std::vector<Offer>& offers,
                   const risk::DeadlinePolicy& policy, PastSupport& past, FixFindings* findings = nullptr);

// Which devices a row is about, in the query language, as closely as it can say; empty: all. `release`: the
// one of a ready or cannot row; `findings`: what was found of the row.
std::string devices_of(const QueueRow& row, const ports::ReleaseRow* release, const FixFindings& findings);

// How much of an advisory is open.
struct Open {
    std::uint64_t devices = 0, findings = 0;
    friend bool operator==(const Open&, const Open&) = default;
};
// Of these advisories, on a selection; `component`: only what is found in components of that name; empty: in
// all.
std::map<std::uint32_t, Open> open_on(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                                      const fleet::Selection& selection,
                                      const std::set<std::uint32_t>& advisories,
                                      std::string_view component = {});

// Why devices that report this of themselves cannot take the release; empty: they can, or it is not known.
std::string why_not(const ports::ReleaseRow& release, std::string_view hw_revision,
                    std::string_view running_version);

} // namespace oakum::assessment
