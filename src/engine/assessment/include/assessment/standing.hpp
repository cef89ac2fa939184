// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/exposure.hpp>
#include <base/time.hpp>

#include <array>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace oakum::assessment {

// The lengths that a deadline can have, in days; what is to be fixed with the next upgrade is never overdue.
inline constexpr std::array kDeadlineDays{3, 14, 60};

// Where devices stand that run the same in the same context, whatever the time.
struct Standing {
    bool assessed = false; // software that could be looked at
    bool exposed = false, exploited = false;
    bool unclear = false; // a verdict that cannot be told
    std::uint64_t open = 0;
    double points = 0;
    // Of each length: since when the earliest of its deadlines runs, on a device that was there before.
    std::array<std::optional<base::TimePoint>, kDeadlineDays.size()> runs_since{};
    std::vector<std::uint32_t> exploited_advisories; // in the knowledge's file

    bool cannot_tell() const { return !exposed && (!assessed || unclear); }
    // Whether a deadline has passed on devices that were first seen before that many of the lengths.
    bool is_overdue(base::TimePoint now, std::uint32_t age) const;
};
// The times by which is_overdue counts the age of a device.
std::array<base::TimePoint, kDeadlineDays.size()> ages(base::TimePoint now);

// Keeps what was worked out for as long as the sets are the same. One thread.
class Standings {
  public:
    // From here on by this assessment.
    void begin(std::shared_ptr<const AssessedFleet> assessed);
    const Standing& of(device::SetId base, device::SetId delta, const risk::Context& context);
    // Forgets what was not asked for since begin.
    void end();

  private:
    struct Kept {
        std::shared_ptr<const AssessedSet> base,
            delta; // held, so that no other set takes their place in memory
        Standing standing;
        std::uint64_t asked = 0;
    };
    void add(Standing& standing, const AssessedSet& set, const AssessedSet* image,
             const risk::Context& context);

    std::shared_ptr<const AssessedFleet> assessed_;
    std::map<std::tuple<const AssessedSet*, const AssessedSet*, risk::Context>, Kept> kept_;
    std::unordered_map<std::uint32_t, fleet::DeadlinesOf> dues_; // by advisory
    std::uint64_t round_ = 0;
};

} // namespace oakum::assessment
