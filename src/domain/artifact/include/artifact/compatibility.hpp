// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <artifact/release.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::artifact {

// The lowest counter that a device still accepts for a line of releases; it only rises.
struct Floor {
    std::uint64_t counter = 0;
    bool operator==(const Floor&) const = default;
};
// The floor after the device verified that it runs this release well.
Floor raise(Floor floor, const Terms& verified);

// What the rule needs to know of a device.
struct Receiver {
    std::string model;
    std::string hw_revision;                      // empty: not known
    std::string running_version;                  // empty: not known
    std::optional<std::uint64_t> running_counter; // of the release that runs, when it came by Oakum
    Floor floor;
    std::vector<std::string> formats; // that its installer understands
};

// A rollback goes back on purpose, and still not below the floor.
enum class Intent : std::uint8_t { update, rollback };

enum class Refusal : std::uint8_t {
    none,
    malformed, // the terms make no sense
    wrong_model,
    wrong_revision,
    unknown_format,
    below_floor,     // a hole that was closed would open again
    downgrade,       // older than what runs, and nobody ordered a rollback
    too_old_to_start // the running version must first reach min_from
};
std::string_view to_string(Refusal refusal);

struct Verdict {
    Refusal refusal = Refusal::none;
    std::string reason; // a sentence; empty when allowed
    bool allowed() const { return refusal == Refusal::none; }
};

// Whether this device may install this release. An unknown model, revision or (when min_from asks for it)
// running version is refused; one that merely cannot be compared for a downgrade is left to the floor.
Verdict may_install(const Terms& terms, const Receiver& device, Intent intent);

} // namespace oakum::artifact
