// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/deadlines.hpp>
#include <assessment/exposure.hpp>
#include <assessment/in_force.hpp>
#include <base/time.hpp>
#include <risk/deadline.hpp>

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace oakum::assessment {

// The lengths in days that deadlines have, shortest first: those of the policy, and those of the list of what
// is known to be exploited. What is to be fixed with the next upgrade is never overdue.
class Lengths {
  public:
    Lengths() = default;
    Lengths(const risk::DeadlinePolicy& policy, const Knowledge& knowledge);
    explicit Lengths(std::vector<int> days) : days_(std::move(days)) {}
    const std::vector<int>& days() const { return days_; }
    // The times by which a census counts how old devices are.
    std::vector<base::TimePoint> limits(base::TimePoint now) const;
    // Whether a device that is older than `age` of the limits is older than this length.
    bool is_older(std::uint32_t age, int days) const;

  private:
    std::vector<int> days_;
};

// Where devices stand that run the same in the same context, whatever the time.
struct Standing {
    bool assessed = false; // software that could be looked at
    bool exposed = false, exploited = false;
    bool unclear = false; // a verdict that cannot be told
    std::uint64_t open = 0;
    bool excepted = false;       // something is not open by a decision of people
    std::uint64_t mitigated = 0; // of the open ones
    std::uint64_t accepted = 0, not_affected = 0, suppressed = 0;
    double points = 0;
    // Of each length in days, shortest first: since when the earliest of its deadlines runs, on a device that
    // was there before.
    std::vector<std::pair<int, base::TimePoint>> runs_since;
    std::vector<std::uint32_t> exploited_advisories; // in the knowledge's file

    bool cannot_tell() const { return !exposed && (!assessed || unclear); }
    bool only_excepted() const { return !exposed && !cannot_tell() && excepted; }
    // The shortest length whose deadline has passed on devices that were first seen before its days: those
    // are overdue, and no others. Nothing: no device is.
    std::optional<int> overdue_after(base::TimePoint now) const;
    bool is_overdue(base::TimePoint now, base::TimePoint first_seen) const;
};
// Keeps what was worked out for as long as the sets are the same. One thread.
class Standings {
  public:
    // From here on by this assessment and this policy. What another policy does not change is kept.
    void begin(std::shared_ptr<const AssessedFleet> assessed, Policy policy);
    const Lengths& lengths() const { return lengths_; }
    // `cell`: as the assessment's InForce tells devices apart.
    const Standing& of(device::SetId base, device::SetId delta, const risk::Context& context,
                       std::uint64_t cell = 0);
    // Forgets what was not asked for since begin.
    void end();

  private:
    struct Kept {
        std::shared_ptr<const AssessedSet> base,
            delta;                               // held, so that no other set takes their place in memory
        std::shared_ptr<const InForce> in_force; // the same
        Standing standing;
        std::uint64_t asked = 0;
    };
    // What of the exceptions makes a difference to a set: nothing, or these and the cells that they tell
    // apart.
    struct Touched {
        const InForce* in_force = nullptr;
        std::uint64_t cells = 0;
        auto operator<=>(const Touched&) const = default;
        bool operator==(const Touched&) const = default;
    };
    Touched touched(const AssessedSet* set);
    void add(Standing& standing, const AssessedSet& set, const AssessedSet* image,
             const risk::Context& context, const Touched& decided);

    std::shared_ptr<const AssessedFleet> assessed_;
    std::unordered_map<const AssessedSet*, Touched> touched_; // of this round
    std::map<std::tuple<const AssessedSet*, const AssessedSet*, risk::Context, Touched>, Kept> kept_;
    Policy policy_;
    Lengths lengths_;
    // By advisory and class of the context.
    std::unordered_map<std::uint64_t, std::optional<risk::Term>> dues_;
    std::uint64_t round_ = 0;
};

} // namespace oakum::assessment
