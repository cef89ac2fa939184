// SPDX-License-Identifier: Apache-2.0
#include <retention/policy.hpp>

#include <algorithm>
#include <string>

namespace oakum::retention {
namespace {

constexpr std::uint32_t kLongest = 36'500;
// Evidence stays for a year at least: an audit looks back as far.
constexpr std::uint32_t kYear = 365;

constexpr std::array<Rule, kKindCount> kRules{{
    {Kind::audit, "audit", "audit records, from when they were written", std::nullopt, kYear, kLongest, true},
    {Kind::findings, "findings", "closed findings and what ran before, from when they ended", std::nullopt,
     kYear, kLongest, true},
    {Kind::history, "history", "histories of devices, from when it happened", 400, 90, kLongest, true},
    {Kind::reports, "reports", "evidence packs on this server, from when they were made", std::nullopt, 30,
     kLongest, true},
    {Kind::edits, "edits", "imports, bulk actions and replacements, with what undoes them", 400, 30, 3650,
     false},
    {Kind::alarms, "alarms", "closed alarms, from when they were closed", 400, 30, 3650, false},
    {Kind::tokens, "tokens", "API and enrolment tokens, from when they ended", 400, 30, 3650, false},
    {Kind::jobs, "jobs", "jobs, from when they ended", 90, 7, 400, false},
    {Kind::sessions, "sessions", "sessions and sign-in links, from when they ended", 7, 1, 400, false},
    {Kind::messages, "messages", "what was sent to channels, from when it arrived or was given up", 7, 1, 400,
     false},
    {Kind::changes, "changes", "the feed of events for screens and programs that were away", 7, 1, 90, false},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRules.size(); ++i)
        if (static_cast<std::size_t>(kRules[i].kind) != i) return false;
    return true;
}
static_assert(in_order());

std::string words(Days days) {
    return days ? std::to_string(*days) + (*days == 1 ? " day" : " days") : "for ever";
}

bool shorter(Days a, Days b) {
    return a && (!b || *a < *b);
}

base::Status check(const Rule& rule, Days days) {
    if (!days && rule.for_ever) return {};
    if (days && *days >= rule.least && *days <= rule.most) return {};
    return base::invalid(std::string(rule.name) + " are kept between " + words(rule.least) + " and " +
                         words(rule.most) + (rule.for_ever ? ", or for ever" : ""))
        .at("/" + std::string(rule.name));
}

} // namespace

std::span<const Rule, kKindCount> rules() {
    return kRules;
}

const Rule& rule_of(Kind kind) {
    return kRules[static_cast<std::size_t>(kind)];
}

base::Result<Kind> parse_kind(std::string_view name) {
    for (const Rule& rule : kRules)
        if (rule.name == name) return rule.kind;
    std::string known;
    for (const Rule& rule : kRules)
        known += (known.empty() ? "" : ", ") + std::string(rule.name);
    return base::invalid("it is one of " + known);
}

Policy::Policy() {
    for (const Rule& rule : kRules)
        days_[static_cast<std::size_t>(rule.kind)] = rule.otherwise;
}

Policy Policy::all_that_may_be() {
    Policy policy;
    for (const Rule& rule : kRules)
        policy.days_[static_cast<std::size_t>(rule.kind)] = rule.for_ever ? Days() : Days(rule.most);
    return policy;
}

std::optional<base::TimePoint> Policy::cut(Kind kind, base::TimePoint now) const {
    const Days days = of(kind);
    if (!days) return std::nullopt;
    return now - std::chrono::hours(24) * *days;
}

base::Result<Policy> Policy::with(const std::map<Kind, Days>& changes) const {
    Policy policy = *this;
    for (const auto& [kind, days] : changes) {
        TRY(check(rule_of(kind), days));
        policy.days_[static_cast<std::size_t>(kind)] = days;
    }
    if (shorter(policy.of(Kind::audit), policy.of(Kind::edits)))
        return base::invalid("audit records stay at least as long as edits can be undone, which is " +
                             words(policy.of(Kind::edits)))
            .at("/audit");
    return policy;
}

Policy longest(const Policy& a, const Policy& b) {
    Policy policy = a;
    for (std::size_t i = 0; i < kKindCount; ++i)
        if (shorter(policy.days_[i], b.days_[i])) policy.days_[i] = b.days_[i];
    return policy;
}

} // namespace oakum::retention
