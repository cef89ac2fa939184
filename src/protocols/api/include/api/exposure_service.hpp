// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/advisories_service.hpp>

namespace oakum::api {

struct Exposure {
    struct BlindSpots {
        std::uint64_t quiet = 0, no_software = 0, assumed_exposure = 0, unmanaged = 0;
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
    enum class Kind : std::uint8_t { release, vendor_update };
    enum class State : std::uint8_t { ready, draft, withdrawn, rolling_out, rolled_out, vendor };
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
};
std::string_view to_string(Fix::Kind kind);
std::string_view to_string(Fix::State state);

struct FixPage : Page<Fix> {
    double total_risk = 0;
    std::uint64_t devices_without_fix = 0;
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

// Errors: invalid (query, with its column).
class ExposureService {
  public:
    virtual ~ExposureService() = default;
    virtual void exposure(const access::Actor& actor, std::string query, Answer<Exposure> answer) = 0;
    virtual void fixes(const access::Actor& actor, std::string query, PageRequest page,
                       Answer<FixPage> answer) = 0;
    // `as_of`: as they were then. Errors also: invalid (it is to come, or before the data begins).
    virtual void windows(const access::Actor& actor, std::string query, std::optional<base::TimePoint> as_of,
                         Answer<ExposureWindows> answer) = 0;
};

} // namespace oakum::api
