// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/advisories_service.hpp>
#include <api/refs.hpp>

namespace oakum::api {

struct Exposure {
    struct BlindSpots {
        std::uint64_t quiet = 0, no_software = 0, assumed_exposure = 0, unmanaged = 0;
        std::uint64_t not_assessed = 0, partly_assessed = 0; // of the software that they report
        std::uint64_t unsupported = 0;                       // the support of what they are or run has ended
        // Open findings, over all devices, that would have more time were the device known to be closed.
        std::uint64_t deadlines_on_assumption = 0;
        std::vector<std::string> stale_feeds;
    };
    struct Funnel {
        std::uint64_t affected = 0, fix_exists = 0, approved = 0, offered = 0, installed = 0, verified = 0;
    };
    std::optional<std::string> query;
    base::TimePoint as_of{};
    std::uint64_t devices = 0, assessed = 0, cannot_tell = 0, exposed = 0;
    std::uint64_t findings_open = 0, findings_unknown = 0;
    std::uint64_t excepted = 0; // devices with nothing open, and something that people decided about
    std::uint64_t findings_mitigated = 0, findings_accepted = 0, findings_not_affected = 0,
                  findings_suppressed = 0;
    std::uint64_t exploited_open_devices = 0, exploited_fixable_devices = 0;
    double risk = 0;
    SeverityCounts by_severity;
    std::vector<AdvisorySummary> top_advisories; // at most 10
    std::string sentence;
    BlindSpots blind_spots;
    Funnel funnel;
};

struct Fix {
    // gap: what is open on a model, and no update at hand ends it.
    enum class Kind : std::uint8_t { release, vendor_update, gap };
    enum class State : std::uint8_t {
        ready,
        draft,
        withdrawn,
        rolling_out,
        rolled_out,
        vendor,
        none,
        cannot
    };
    std::string id;
    Kind kind = Kind::release;
    std::string name;
    std::optional<std::string> version;
    std::optional<rollout::ReleaseId> release;
    std::vector<std::string> models;
    std::uint64_t devices = 0;
    double risk_removed = 0, cumulative_risk_removed = 0;
    std::uint64_t findings_ended = 0, exploited_ended = 0, brings = 0;
    State state = State::vendor;
    std::optional<RolloutRef> rollout;
    std::string sentence;
    std::optional<base::TimePoint> due; // the earliest of what it is about
    std::uint64_t restarts = 0;         // devices that it takes down once
    std::uint32_t windows = 0;          // that it needs
    std::optional<std::string> owner, reason;
    std::vector<std::string> references; // what its vendor has to bring, or what has no fix
};
std::string_view to_string(Fix::Kind kind);
std::string_view to_string(Fix::State state);

struct FixPage : Page<Fix> {
    double total_risk = 0;
    std::uint64_t devices_without_fix = 0;
    std::uint64_t unsupported = 0; // devices that run something whose maker's support has ended
};
// Rows in one of the four states alone, or those that are updates: ready, or offered by a phone's maker.
enum class FixFilter : std::uint8_t { all, updates, ready, vendor, none, cannot };

// Whether deadlines were kept, over (device, advisory).
struct DeadlineRecord {
    struct Row {
        std::optional<GroupRef> group; // nothing: all of them
        std::uint64_t kept = 0, kept_late = 0, not_due = 0, overdue = 0, excepted = 0, without_deadline = 0;
    };
    std::optional<std::string> query;
    base::TimePoint as_of{};
    std::string policy, definition;
    std::vector<Row> rows; // all of them first, then by group
};

// One hole on one device, as deadlines and the time that holes stay open count it.
struct Hole {
    enum class Standing : std::uint8_t { kept, kept_late, not_due, overdue, excepted, without_deadline };
    DeviceRef device;
    AdvisoryRef advisory;
    base::TimePoint since{}; // the later of its disclosure and the device's first sight
    std::optional<base::TimePoint> closed, due;
    double days = 0; // open, so far or until it was closed
    Standing standing = Standing::without_deadline;
};
std::string_view to_string(Hole::Standing standing);

// What to do within a budget.
struct FixChoice {
    struct Step {
        std::string id, name;
        std::optional<std::string> version;
        double gain = 0; // beyond what the steps before it remove
        std::uint64_t restarts = 0;
    };
    std::vector<Step> steps;
    double removed = 0, at_most = 0, total_risk = 0;
    bool exact = false;
    std::string sentence;
};
struct FixBudget {
    std::optional<std::uint32_t> windows;
    std::optional<std::uint64_t> restarts;
};

// What a row of the queue is about, as what an exception takes.
struct FixEnds {
    struct Row {
        AdvisoryRef advisory;
        std::uint64_t devices = 0;
        double risk = 0;
    };
    std::string fix, sentence;
    std::string query; // the devices; empty: all that were asked for
    std::optional<std::string> component;
    std::uint64_t total = 0, left_out = 0;
    std::vector<Row> rows; // gravest first, as many as an exception may name
};

// Until when a maker mends something.
struct SupportEnd {
    std::string of = "component"; // or model, system
    std::string name;
    std::optional<std::string> branch;
    base::TimePoint ends{};
    std::string source;
    bool own = false, past = false;
};

// Kaplan-Meier over (device, advisory): open ones count as at least as long as they have lasted.
struct ExposureWindows {
    enum class Class : std::uint8_t { exploited, critical, high, medium, low, all };
    struct Row {
        Class of = Class::all;
        std::uint64_t closed = 0, open = 0;
        std::optional<double> median_days, p90_days, longest_open_days;
    };
    std::optional<std::string> query;
    base::TimePoint as_of{};
    std::string definition;
    std::vector<Row> rows;
};
std::string_view to_string(ExposureWindows::Class of);

// Which holes: those that one figure of the windows, or of the deadlines, counts.
struct HoleFilter {
    enum class State : std::uint8_t {
        any,
        open,
        closed,
        kept,
        kept_late,
        overdue,
        excepted,
        not_due,
        without_deadline
    };
    std::string query;
    std::optional<base::TimePoint> as_of;
    ExposureWindows::Class of = ExposureWindows::Class::all;
    State state = State::any;
    std::optional<device::GroupId> group; // and every group by query that holds the device
};
std::string_view to_string(HoleFilter::State state);

// Errors: invalid (query, with its column).
class ExposureService {
  public:
    virtual ~ExposureService() = default;
    virtual void exposure(const access::Actor& actor, std::string query, Answer<Exposure> answer) = 0;
    virtual void fixes(const access::Actor& actor, std::string query, FixFilter filter, PageRequest page,
                       Answer<FixPage> answer) = 0;
    // `as_of`: as they were then, by the policy that was in force. Errors also: invalid (to come, or before
    // the data begins).
    virtual void deadline_record(const access::Actor& actor, std::string query,
                                 std::optional<base::TimePoint> as_of, Answer<DeadlineRecord> answer) = 0;
    virtual void choose_fixes(const access::Actor& actor, std::string query, FixBudget budget,
                              Answer<FixChoice> answer) = 0;
    // Errors: denied, invalid, too_large.
    virtual void assign_fix(const access::Actor& actor, std::string fix, std::string owner,
                            Answer<base::Nothing> answer) = 0;
    virtual void support_ends(const access::Actor& actor, PageRequest page,
                              Answer<Page<SupportEnd>> answer) = 0;
    // Replaces the own table; an empty text takes it away. Errors: denied, invalid (its lines), too_large.
    virtual void replace_support_ends(const access::Actor& actor, std::string table,
                                      Answer<base::Nothing> answer) = 0;
    // `as_of`: as they were then. Errors also: invalid (it is to come, or before the data begins).
    virtual void windows(const access::Actor& actor, std::string query, std::optional<base::TimePoint> as_of,
                         Answer<ExposureWindows> answer) = 0;
    // The holes that those two count, device by device. Errors as theirs.
    virtual void holes(const access::Actor& actor, HoleFilter filter, PageRequest page,
                       Answer<Page<Hole>> answer) = 0;
    // Errors: not_found (no such row, now).
    virtual void fix_ends(const access::Actor& actor, std::string fix, std::string query,
                          Answer<FixEnds> answer) = 0;
};

} // namespace oakum::api
