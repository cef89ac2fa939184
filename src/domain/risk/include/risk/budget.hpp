// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oakum::risk {

// An update that could be installed, and what it costs.
struct UpdateOption {
    std::uint64_t restarts = 0; // devices that it takes down once
    std::uint32_t windows = 1;
    // What it removes from each kind of device, in points over all its devices. A device takes one update: of
    // several for the same kind the better counts.
    struct Share {
        std::uint32_t kind = 0;
        double removed = 0;
    };
    std::vector<Share> shares;
};
// Nothing: as many as there are.
struct Budget {
    std::optional<std::uint32_t> windows;
    std::optional<std::uint64_t> restarts;
};

struct Choice {
    struct Step {
        std::uint32_t option = 0;
        double gain = 0; // beyond what the steps before it remove
    };
    std::vector<Step> steps; // most gain for its cost first
    double removed = 0;
    double at_most = 0; // no choice within the budget removes more
    bool exact = false; // nothing better exists; else `at_most` says how far it may be from that
};

// Up to this many options that fit the budget are searched whole.
inline constexpr std::size_t kSearchedWhole = 16;

// What to install within a budget. Beyond kSearchedWhole it takes the option with the largest gain for each
// part of the budget, again and again, or the best alone: since gains only shrink, that removes at least
// 1-1/e (63 %) of the best possible when each costs one window and windows alone are limited, and at least
// half of that when costs differ and one of the two is limited.
Choice choose(std::span<const UpdateOption> options, const Budget& budget);
// The same without the search, however few there are.
Choice choose_greedily(std::span<const UpdateOption> options, const Budget& budget);

} // namespace oakum::risk
