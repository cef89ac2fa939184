// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/knowledge.hpp>
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
        bool affected = false;
        bool exploited = false;
        double points = 0;
        advisory::Severity severity = advisory::Severity::not_scored;
    };
    std::vector<Finding> findings;
    double points = 0;
    bool exposed = false, exploited = false;
};

// `image`: the base layer when the set is the delta above it, else nothing.
Weighed weigh(const AssessedSet& set, const AssessedSet* image, const risk::Context& context);

} // namespace oakum::assessment
