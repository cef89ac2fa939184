// SPDX-License-Identifier: Apache-2.0
#include <risk/deadline_policy.hpp>
#include <risk/ssvc.hpp>

#include <algorithm>

namespace oakum::risk {
namespace {

// A rule for each row of a published decision table; the points stand in the order of its columns.
std::vector<DeadlineRule> rules_of(const DecisionTable& table, std::span<const Point> points) {
    std::vector<DeadlineRule> rules;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        DeadlineRule rule;
        std::size_t rest = row;
        for (std::size_t i = points.size(); i > 0; --i) {
            const std::size_t values = table.points[i - 1].values.size();
            rule.when[static_cast<std::size_t>(points[i - 1])] =
                static_cast<std::uint8_t>(1U << rest % values);
            rest /= values;
        }
        rule.outcome = static_cast<std::uint32_t>(table.rows[row] - '0');
        rules.push_back(rule);
    }
    return rules;
}

DeadlineRule when(Point point, std::uint8_t values, std::uint32_t outcome) {
    DeadlineRule rule;
    rule.when[static_cast<std::size_t>(point)] = values;
    rule.outcome = outcome;
    return rule;
}

DeadlinePolicy bod() {
    static constexpr std::array points{Point::known_exploited, Point::exposed, Point::automatable,
                                       Point::technical_impact};
    return *DeadlinePolicy::make(
        {"bod-26-04",
         "CISA BOD 26-04",
         "CISA's Binding Operational Directive 26-04 of June 2026, table 1.0.0, row by row.",
         {{"with the next upgrade", {}, false, false},
          {"60 days", 60, false, false},
          {"14 days", 14, false, false},
          {"3 days", 3, false, false},
          {"3 days, and forensic triage", 3, true, false}},
         rules_of(bod_26_04(), points),
         false});
}

DeadlinePolicy pci() {
    constexpr std::uint8_t critical = 1U << static_cast<unsigned>(advisory::Severity::critical);
    constexpr std::uint8_t not_scored = 1U << static_cast<unsigned>(advisory::Severity::not_scored);
    return *DeadlinePolicy::make(
        {"pci-dss-4.0.1",
         "PCI DSS 4.0.1",
         "Requirement 6.3.3: what is critical within one month (30 days here), all else in a time that you "
         "settle by your own analysis; choose it. What nobody scored counts as critical.",
         {{"critical", 30, false, false}, {"others", 90, false, true}},
         {when(Point::severity, critical | not_scored, 0), when(Point::severity, DeadlineRule::kAny, 1)},
         false});
}

DeadlinePolicy pair() {
    return *DeadlinePolicy::make(
        {"exploited-or-not",
         "Exploited, or not",
         "Two terms of your own: one for what is known to be exploited, one for all else.",
         {{"exploited", 14, false, true}, {"others", 90, false, true}},
         {when(Point::known_exploited, 2, 0), when(Point::known_exploited, DeadlineRule::kAny, 1)},
         false});
}

DeadlinePolicy deployer() {
    static constexpr std::array points{Point::exploitation, Point::exposure, Point::automatable,
                                       Point::human_impact};
    return *DeadlinePolicy::make(
        {"ssvc-deployer",
         "SSVC deployer tree",
         "CERT/CC's deployer table 1.0.0, row by row; it names no days: those of each outcome are Oakum's "
         "suggestion, choose your own. What it defers waits for the next upgrade.",
         {{"defer", {}, false, true},
          {"scheduled", 60, false, true},
          {"out-of-cycle", 14, false, true},
          {"immediate", 3, false, true}},
         rules_of(**decision_table("deployer"), points),
         false});
}

const std::array<DeadlinePolicy, 4>& presets() {
    static const std::array<DeadlinePolicy, 4> all{bod(), pci(), pair(), deployer()};
    return all;
}

} // namespace

std::span<const DeadlinePolicy> deadline_policies() {
    return presets();
}

const DeadlinePolicy& default_policy() {
    return presets().front();
}

base::Result<const DeadlinePolicy*> deadline_policy(std::string_view id) {
    std::string list;
    for (const DeadlinePolicy& policy : presets()) {
        if (policy.id() == id) return &policy;
        list += (list.empty() ? "" : ", ") + policy.id();
    }
    return base::not_found("there is no policy \"" + std::string(id) + "\"; with Oakum come " + list);
}

} // namespace oakum::risk
