// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/check.hpp>

#include <base/digest.hpp>
#include <base/time.hpp>

#include <optional>

namespace oakum::intake {

// Everything that devices and people are told of a release. Decisions are about its digest.
struct Content {
    std::string name, version, min_from, floor;
    std::vector<std::string> models, hw_revisions;
    std::string artifact_name;
    base::Digest256 artifact;
    std::string sbom; // the software set, as text; empty: none
};
base::Digest256 digest_of(const Content& content);

struct Decision {
    bool approved = false; // or refused
    std::string by, why;   // "user bert"
    base::TimePoint at{};
    base::Digest256 content;
    bool operator==(const Decision&) const = default;
};

// A failed check that an administrator let through.
struct Override {
    Check check = Check::artifact;
    std::string by, why;
    base::TimePoint at{};
    base::Digest256 content;
    std::vector<std::string> about; // the exploited advisories that were shown; sorted
    bool operator==(const Override&) const = default;
};

// What it was let go by, besides its lines.
struct Grounds {
    struct Statement {
        std::string name; // "built.dsse"
        base::Digest256 sha256;
        bool operator==(const Statement&) const = default;
    };
    base::Digest256 policy;            // of the policy's text
    std::vector<Statement> statements; // of how it was built, beside the artifact
    bool operator==(const Grounds&) const = default;
};

// What people did with a release on its way.
struct Record {
    std::vector<std::string> makers;  // who made the draft, changed it, or uploaded its artifact: actors
    std::optional<Decision> decision; // the newest
    std::vector<Override> overrides;  // one a check
    std::optional<base::TimePoint> published;
    std::vector<Line> lines;        // as they stood when it was published
    std::optional<Grounds> grounds; // nothing: published by a version that did not keep them
    bool operator==(const Record&) const = default;
};

// A text that stands beside an artifact: a signature, or a statement of how it was built.
struct Attachment {
    std::string name, by; // "gateway.swu.minisig", "user anna"
    base::TimePoint at{};
    std::string text;
    bool operator==(const Attachment&) const = default;
};
// Of one artifact.
inline constexpr std::size_t kMostAttachments = 16, kLargestAttachments = 1 << 20;

inline constexpr std::size_t kMostMakers = 32, kLongestWhy = 1000;

// Once each. Errors: conflict (kMostMakers are there): nobody is forgotten, who then could approve it.
base::Status add_maker(Record& record, std::string actor);
// In the place of the one of its check.
void add_override(Record& record, Override wish);
// The one that counts now; null: none. `exploited`: what the check shows now, sorted.
const Override* override_of(const Record& record, Check check, const base::Digest256& content,
                            const std::vector<std::string>& exploited);

// What these lines verified, as a verification summary says it: the level of SLSA's build track, then
// "OAKUM_SBOM" for each check that passed and "OAKUM_SBOM_OVERRIDDEN" where somebody let it through. What was
// not asked, or could not be told, is not there.
std::vector<std::string> verified_by(std::span<const Line> lines);

} // namespace oakum::intake
