// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <base/time.hpp>

namespace oakum::api {

// A policy that decides until when findings are fixed.
struct DeadlinePolicy {
    struct Outcome {
        std::string name;
        std::optional<int> days; // nothing: with the next upgrade
        bool forensic_triage = false;
        bool adjustable = false; // its days are chosen when the policy is put in force
    };
    // The first row that holds decides.
    struct Row {
        std::vector<std::string> cells; // an answer for each column; "*": any
        std::string outcome;
        std::optional<int> days;
        bool forensic_triage = false;
    };
    std::string id, name, source;
    bool in_use = false, own = false;
    std::optional<std::string> added_by;
    std::optional<base::TimePoint> added;
    std::vector<std::string> columns; // what it asks about
    std::vector<Outcome> outcomes;
    std::vector<Row> rows;
    std::string table; // the same as CSV, as it is added
};

struct DeadlinePolicies {
    struct Use {
        base::TimePoint from{};
        std::string policy, by, why;
    };
    std::vector<DeadlinePolicy> policies;
    std::vector<Use> uses; // the newest first
    std::string stamp;     // to put one in force as it was seen
};

// What putting a policy in force would change today.
struct DeadlinePreview {
    struct Row {
        std::optional<int> days;
        bool forensic_triage = false;
        std::uint64_t before = 0, after = 0; // open findings, over all devices
    };
    std::string policy, stamp, sentence;
    std::uint64_t devices = 0, overdue_before = 0, overdue_after = 0, newly_overdue = 0,
                  no_longer_overdue = 0;
    std::uint64_t findings = 0, sooner = 0, later = 0;
    std::uint64_t on_assumption_before = 0, on_assumption_after = 0;
    std::vector<Row> rows; // the shortest first
};

struct DeadlineWish {
    std::string policy;
    std::vector<std::pair<std::string, int>> days; // of outcomes that are adjustable
};

class PoliciesService {
  public:
    virtual ~PoliciesService() = default;
    virtual void list(const access::Actor& actor, Answer<DeadlinePolicies> answer) = 0;
    // Errors: not_found.
    virtual void get(const access::Actor& actor, std::string id, Answer<DeadlinePolicy> answer) = 0;
    // Errors: not_found, invalid (days), denied (who sees some groups only).
    virtual void preview(const access::Actor& actor, DeadlineWish wish, Answer<DeadlinePreview> answer) = 0;
    // The same of a table that is not kept. Errors: invalid (its lines), denied.
    virtual void test(const access::Actor& actor, std::string name, std::string table,
                      Answer<DeadlinePreview> answer) = 0;
    // Errors: also conflict (changed since the stamp).
    virtual void use(const access::Actor& actor, DeadlineWish wish, std::string stamp, std::string why,
                     Answer<DeadlinePolicies> answer) = 0;
    // Errors: invalid (its lines), conflict (the name), too_large.
    virtual void add(const access::Actor& actor, std::string name, std::string table,
                     Answer<DeadlinePolicy> answer) = 0;
    // Errors: not_found, conflict (in use, or comes with Oakum).
    virtual void remove(const access::Actor& actor, std::string id, Answer<base::Nothing> answer) = 0;
};

} // namespace oakum::api
