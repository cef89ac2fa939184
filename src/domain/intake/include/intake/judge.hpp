// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/file_kind.hpp>
#include <intake/policy.hpp>
#include <intake/record.hpp>

namespace oakum::intake {

// What a new version ends and brings.
struct Compared {
    std::string against; // "gateway 1.4.2", "what its models run"; empty: there is nothing to compare with
    std::uint64_t fixes = 0, brings = 0;
    std::vector<std::string> exploited; // those of what it brings that are being exploited; sorted
    bool operator==(const Compared&) const = default;
};

// What reading the artifact and assessing what is in it came to.
struct Found {
    base::Digest256 artifact; // whose bytes were read
    std::string unreadable;   // why they could not be; empty: they were
    std::uint64_t length = 0;
    FileKind kind = FileKind::unknown;
    // Device types that the artifact itself names; nothing: artifacts of its kind name none.
    std::optional<std::vector<std::string>> installs_on;
    std::optional<Compared> compared; // nothing: no SBOM, or no advisories here
    std::uint64_t components = 0;     // that its SBOM names
    std::vector<Proof> signatures, statements;
    std::string version;                  // that the file itself says; empty: none
    std::optional<std::uint32_t> counter; // security counter in it
    // And of the newest published release of its line before it, which says one too.
    std::optional<std::uint32_t> counter_before;
    std::string before;    // that release: "gateway 1.4.2"
    base::Digest256 trust; // digest_of_trust of what signatures were looked at with
};

// What is stored of it.
struct Candidate {
    Content content;
    bool held = false; // its bytes, undamaged
    std::uint64_t length = 0;
    base::TimePoint read_again{};        // when they were hashed last
    std::vector<std::string> published;  // versions of its line, of any but itself
    std::vector<std::string> sbom_files; // SHA-256 in hex of what its SBOM says it describes
    base::Digest256 trust;               // as Found's, now
};

// Who is trusted, and what is attached to the artifact.
base::Digest256 digest_of_trust(const Policy& policy, const std::vector<std::string>& attached);

// One line a check, in their order.
std::vector<Line> judge(const Policy& policy, const Candidate& candidate, const Found& found,
                        const Record& record);

// The newest of these versions, as far as they can be ordered; of those that cannot, the last.
std::optional<std::string> newest_of(const std::vector<std::string>& versions);

} // namespace oakum::intake
