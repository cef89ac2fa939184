// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <risk/risk.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace oakum::risk {

// Devices that run one software set in one context.
struct Population {
    const advisory::SetAssessment* assessment = nullptr;
    Context context;
    std::uint64_t devices = 0;
    std::vector<std::uint32_t> releases; // places in the candidates that these devices can take
};
// A release that could be installed, with the assessment of the set that a device would run afterwards.
struct Candidate {
    std::string name;
    const advisory::SetAssessment* assessment = nullptr;
};

struct FixOffer {
    std::uint32_t candidate = 0;
    double risk_removed = 0; // points over all its devices, net of what the release brings
    double risk_left = 0;
    std::uint64_t devices = 0;
    std::uint64_t findings_ended = 0, exploited_ended = 0;              // summed over devices
    std::uint32_t advisories_ended = 0, exploited_advisories_ended = 0; // distinct
    std::uint32_t brings = 0;                            // distinct advisories that no set had before
    std::uint32_t unknown_before = 0, unknown_after = 0; // largest of any set
    std::vector<std::uint32_t> ended;                    // advisories, by points removed
    std::vector<std::uint32_t> brought;
    // What it does for each population that can take it, so that offers for the same devices are not summed.
    struct Share {
        std::uint32_t population = 0; // its place among the populations
        double risk_removed = 0;
        std::uint64_t exploited_ended = 0;
    };
    std::vector<Share> shares;
};

// Releases in order of the risk that they remove; those that remove nothing are left out.
std::vector<FixOffer> next_best_fix(const advisory::AdvisoryFile& file,
                                    std::span<const Population> populations,
                                    std::span<const Candidate> candidates);

} // namespace oakum::risk
