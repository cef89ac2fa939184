// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/in_force.hpp>
#include <device/facts.hpp>
#include <risk/risk.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace oakum::assessment {

// The facts that make a context of risk, in the order of context_of.
inline constexpr std::array<std::string_view, 3> kContextKeys{device::key::criticality, device::key::exposure,
                                                              device::key::safety};

// What a device runs: its base layer, and its delta layer on that.
inline std::array<const AssessedSet*, 2> layers(const AssessedFleet& assessed, device::SetId base,
                                                device::SetId delta) {
    return {assessed.find(base), assessed.find(delta, base)};
}

// One set in one context, resolved once and multiplied by devices afterwards.
struct Weighed {
    struct Finding {
        std::uint32_t advisory = 0;
        std::uint32_t verdict = 0; // its place among the set's verdicts
        bool affected = false;
        bool exploited = false;
        double points = 0; // of what is open
        advisory::Severity severity = advisory::Severity::not_scored;
        std::optional<exception::Kind> decided; // what people decided about it
        bool is_open() const { return !decided || is_open_under(*decided); }
    };
    std::vector<Finding> findings;
    double points = 0;
    bool exposed = false, exploited = false; // by what is open
    bool unclear = false;                    // something cannot be told, and nobody decided about it
    bool excepted = false;                   // something is not open by a decision
};

// On devices of one cell of those that are in force; of the default one nothing was decided.
struct Decided {
    const InForce* in_force = nullptr;
    std::uint64_t cell = 0;
    auto operator<=>(const Decided&) const = default;
    bool operator==(const Decided&) const = default;
};
// The same for a set, so that devices between which nothing makes a difference to it share what it weighs.
Decided to(const AssessedSet& set, Decided decided);

// `image`: the base layer when the set is the delta above it, else nothing.
Weighed weigh(const AssessedSet& set, const AssessedSet* image, const risk::Context& context,
              Decided decided = {});

} // namespace oakum::assessment
