// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/file.hpp>
#include <base/result.hpp>
#include <risk/risk.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::risk {

// What a policy of deadlines can ask about a finding on a device.
enum class Point : std::uint8_t {
    known_exploited,
    ransomware,
    exploitation,
    exposed,
    exposure,
    automatable,
    technical_impact,
    human_impact,
    severity,
    criticality,
    safety_critical
};
inline constexpr std::size_t kPoints = 11;
struct PointWords {
    std::string_view name; // as the column of a table is called
    std::span<const std::string_view> values;
    std::string_view about; // where its answer comes from, in a sentence
};
const PointWords& words_of(Point point);
std::optional<Point> point_named(std::string_view name);

// The answer to each point, by its place among the point's values. Derived: no source states it, a rule here
// does (README); assumed: nobody told the device's exposure, and what is not known counts as exposed.
struct Answers {
    std::array<std::uint8_t, kPoints> of{};
    std::uint16_t derived = 0, assumed = 0; // one bit a point
    std::uint8_t operator[](Point point) const { return of[static_cast<std::size_t>(point)]; }
    bool is_derived(Point point) const { return (derived >> static_cast<unsigned>(point) & 1U) != 0; }
    bool is_assumed(Point point) const { return (assumed >> static_cast<unsigned>(point) & 1U) != 0; }
};
Answers answers(const advisory::AdvisoryView& advisory, const Context& context);

// What a policy can decide. Nothing as days: with the next upgrade, and never overdue.
struct Outcome {
    std::string name;
    std::optional<int> days;
    bool forensic_triage = false; // look for traces of an intrusion before the update removes them
    bool adjustable = false;      // the days are the user's to choose
    bool operator==(const Outcome&) const = default;
};

// Decides when the answers are among those it names: a bit for each value of each point.
struct DeadlineRule {
    static constexpr std::uint8_t kAny = 0xFF;
    std::array<std::uint8_t, kPoints> when{kAny, kAny, kAny, kAny, kAny, kAny, kAny, kAny, kAny, kAny, kAny};
    std::uint32_t outcome = 0;
    std::uint64_t line = 0; // of the file that it was read from; 0: none
    bool holds(const Answers& answers) const;
};

// One policy decides until when a finding is fixed: the first of its rules that holds. Immutable once made;
// every combination of answers has a rule, and every rule is needed.
class DeadlinePolicy {
  public:
    static constexpr std::size_t kMaxRules = 1'000, kMaxOutcomes = 32;
    static constexpr int kMaxDays = 3'650;

    struct Parts {
        std::string id, name;
        std::string source; // who says so, and what is ours about it
        std::vector<Outcome> outcomes;
        std::vector<DeadlineRule> rules;
        bool own = false; // a person's table
    };
    // Errors: invalid (a combination that no rule decides; a rule that never applies, with its line).
    static base::Result<DeadlinePolicy> make(Parts parts);

    const std::string& id() const { return parts_.id; }
    const std::string& name() const { return parts_.name; }
    const std::string& source() const { return parts_.source; }
    const std::vector<Outcome>& outcomes() const { return parts_.outcomes; }
    const std::vector<DeadlineRule>& rules() const { return parts_.rules; }
    bool is_own() const { return parts_.own; }
    // The points that some rule asks about, in their order.
    const std::vector<Point>& points() const { return points_; }
    bool asks(Point point) const;

    const Outcome& decide(const Answers& answers) const;
    // Contexts of one number, below kClasses, are told apart by no rule.
    static constexpr std::uint32_t kClasses = 32;
    std::uint32_t class_of(const Context& context) const;

    // The same with other days for outcomes that are adjustable. Errors: invalid (which outcomes there are).
    struct Days {
        std::string outcome;
        int days = 0;
        bool operator==(const Days&) const = default;
    };
    base::Result<DeadlinePolicy> with(std::span<const Days> days) const;

  private:
    explicit DeadlinePolicy(Parts parts);
    Parts parts_;
    std::vector<Point> points_;
};

// Those that come with Oakum; the first is the default: CISA BOD 26-04, PCI DSS 4.0.1, a pair of terms for
// what is exploited and what is not, the SSVC deployer tree.
std::span<const DeadlinePolicy> deadline_policies();
const DeadlinePolicy& default_policy();
// Errors: not_found (says which there are).
base::Result<const DeadlinePolicy*> deadline_policy(std::string_view id);

} // namespace oakum::risk
