// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::artifact {

// One installable file: immutable, known by its digest.
struct Artifact {
    base::Digest256 digest;
    std::uint64_t length = 0;
    std::string name; // "gateway-1.5.0.img"
    bool operator==(const Artifact&) const = default;
};

// What a release asks of a device. It is signed beside the artifact's digest, so that neither a server nor a
// relay can change it.
struct Terms {
    std::string release; // the line of releases: "gateway"
    std::string version; // "1.5.0"
    // Grows with every release of the line. Once this release is verified, nothing below `floor` may follow.
    std::uint64_t counter = 0;
    std::uint64_t floor = 0;
    std::vector<std::string> models;       // at least one
    std::vector<std::string> hw_revisions; // empty: every revision
    std::string min_from;                  // lowest version to come from; empty: any
    std::string format;                    // what the installer must understand: "raw"
    bool operator==(const Terms&) const = default;
};

struct Release {
    Terms terms;
    Artifact artifact;
    bool operator==(const Release&) const = default;
};

inline constexpr std::size_t kMaxName = 128, kMaxModels = 64, kMaxRevisions = 64;

// Names, lists and counters make sense and are within bounds. Errors: invalid, with the field as the place.
base::Status check(const Terms& terms);
base::Status check(const Release& release);

// Letters, digits and "._+~-", not beginning with '.', at most kMaxName: safe as a path segment anywhere.
// Errors: invalid.
base::Status check_name(std::string_view name);

// "gateway/1.5.0/gateway-1.5.0.img": the name of a release's artifact in signed metadata. A product line is
// one folder, so that one delegation covers it. Errors: invalid.
base::Result<std::string> target_path(const Release& release);

} // namespace oakum::artifact
