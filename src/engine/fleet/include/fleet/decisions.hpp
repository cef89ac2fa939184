// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/ids.hpp>
#include <fleet/selection.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::fleet {

// What people decided about findings, as queries need it (ADR 22): nothing is deleted, some findings do not
// count as open on some devices.

// Everywhere, or on devices that stand in one of some scopes, as bits.
struct Where {
    bool everywhere = false;
    std::uint64_t scopes = 0;
    bool holds(std::uint64_t cell) const { return everywhere || (cell & scopes) != 0; }
    bool operator==(const Where&) const = default;
};
struct Decision {
    Where closed;    // not open: accepted, suppressed, ruled out
    Where ruled_out; // does not apply; part of `closed`
    bool operator==(const Decision&) const = default;
};
struct DecidedFinding {
    std::string advisory; // its first id
    device::ComponentId component;
    Decision decision;
};
using DecidedFindings = std::unordered_map<device::SetId, std::vector<DecidedFinding>>; // by subject

// The scopes that bits stand for, at most 64; their queries do not ask for findings. One list is one state of
// what was decided: bits of two lists have nothing to do with each other.
using DecisionScopes = std::shared_ptr<const std::vector<Selection>>;

// Of whom software is asked: of a device in these scopes; without a list, whatever was decided.
struct Asked {
    DecisionScopes scopes;
    std::uint64_t cell = 0;
};

} // namespace oakum::fleet
