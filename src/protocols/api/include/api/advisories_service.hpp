// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/time.hpp>
#include <ports/rows.hpp>

namespace oakum::api {

struct AdvisorySummary {
    std::string id;
    std::vector<std::string> aliases;
    std::string title;
    Severity severity = Severity::unknown;
    std::optional<double> cvss, epss;
    bool exploited = false, ransomware = false;
    bool epss_rose = false; // within a month
    std::optional<base::TimePoint> published, modified;
    bool withdrawn = false;
    std::uint64_t affected = 0, not_affected = 0, cannot_tell = 0; // devices in the caller's scope
    // By what people decided: where nothing of it is open, where it is open and mitigated; and of the not
    // affected ones those that are so by a statement of theirs.
    std::uint64_t accepted = 0, suppressed = 0, mitigated = 0, stated_not_affected = 0;
};

struct Advisory : AdvisorySummary {
    struct Vector {
        std::string source, vector;
        double score = 0;
    };
    struct Breakdown {
        std::optional<std::string> model, version;
        std::uint64_t affected = 0, not_affected = 0, cannot_tell = 0;
    };
    struct Evidence {
        ports::Verdict verdict = ports::Verdict::unknown;
        component::Component component;
        std::string source, reason;
        std::uint64_t devices = 0;
    };
    enum class FixKind : std::uint8_t { release, vendor_update, none };
    struct FixedBy {
        FixKind kind = FixKind::none;
        std::string name;
        std::optional<std::string> version;
        std::optional<rollout::ReleaseId> release;
        std::string state; // "published", "at the vendor", ...
        std::uint64_t devices = 0;
    };
    struct Dates {
        std::optional<base::TimePoint> disclosed, known_to_us, matched, fix_available, first_verified;
    };
    std::string sentence, description;
    std::vector<Vector> cvss_vectors;
    std::optional<double> epss_percentile;
    struct Score {
        base::TimePoint day{};
        double epss = 0;
    };
    std::vector<Score> epss_history; // oldest first
    std::optional<double> lev;       // at least so likely exploited since the first of them
    std::optional<base::TimePoint> exploited_since;
    std::optional<std::string> required_action;
    std::vector<std::string> weaknesses;
    std::vector<Breakdown> breakdown; // most affected first, at most 200
    std::vector<Evidence> evidence;   // at most 100
    std::vector<FixedBy> fixes;
    Dates dates;
};
std::string_view to_string(Advisory::FixKind kind);

struct AdvisoryPage : Page<AdvisorySummary> {
    std::optional<base::TimePoint> newest_record;
};

// Nothing in `advisory`: the id is not in the data. Never answered as "0 affected".
struct AdvisoryLookup {
    std::optional<Advisory> advisory;
    std::optional<base::TimePoint> newest_record;
};

// How many devices an advisory concerned at a moment that is past.
struct AdvisoryThen {
    std::string id;
    base::TimePoint as_of{};
    std::uint64_t devices = 0, affected = 0, not_affected = 0, cannot_tell = 0;
    bool complete = true; // false: more devices than are looked at for one answer
    std::string sentence;
};

enum class AdvisoryFilter : std::uint8_t { affecting, exploited, all };
struct AdvisoryQuery {
    std::string search; // id or words; empty: all
    AdvisoryFilter only = AdvisoryFilter::affecting;
    std::string query; // the devices that count; empty: all in scope
    PageRequest page;
};

// Counts are of devices that are not retired and in the caller's scope. Errors: invalid (query, with its
// column).
class AdvisoriesService {
  public:
    virtual ~AdvisoriesService() = default;
    virtual void list(const access::Actor& actor, AdvisoryQuery query, Answer<AdvisoryPage> answer) = 0;
    virtual void get(const access::Actor& actor, std::string id, std::string query,
                     Answer<AdvisoryLookup> answer) = 0;
    // Errors also: not_found (the id is not in the data), invalid (the moment).
    virtual void then(const access::Actor& actor, std::string id, std::string query, base::TimePoint as_of,
                      Answer<AdvisoryThen> answer) = 0;
};

} // namespace oakum::api
