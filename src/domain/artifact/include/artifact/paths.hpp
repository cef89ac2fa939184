// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <artifact/compatibility.hpp>

namespace oakum::artifact {

// Devices that agree in what a release asks of them; empty: not known.
struct Kind {
    std::string model, version, hw_revision;
    std::uint64_t devices = 0;
};

// From a version that runs to a release.
struct Path {
    std::string model, version;
    std::uint64_t devices = 0;
    Refusal refusal = Refusal::none;
    std::string through; // a version of the line that it can go to first, and from there on; empty: none
    std::string why;     // a sentence; empty: it can go
    bool operator==(const Path&) const = default;
};

// Which versions of those that run can go to the release, and why others cannot: by the rule that devices
// follow, as far as it rests on model, revision and version. Those that run it already are left out. `others`
// are the releases that could be a step on the way. The most devices first.
std::vector<Path> paths(const Terms& to, const std::vector<Kind>& fleet, const std::vector<Terms>& others);

} // namespace oakum::artifact
