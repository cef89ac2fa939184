// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <attestations/envelope.hpp>

#include <base/digest.hpp>
#include <base/time.hpp>

namespace oakum::attestations {

// A verification summary (SLSA's VSA, predicate v1 as of specification 1.0): somebody looked at an artifact,
// by a policy, and it passed or not.
struct Summary {
    struct File {
        std::string name;
        base::Digest256 sha256;
    };
    std::vector<File> subjects;
    std::string verifier; // a URI
    base::TimePoint verified{};
    std::string resource; // a URI: what the artifact is, such as a package URL
    base::Digest256 policy;
    std::vector<File> inputs; // the statements that it was verified by
    bool passed = false;
    // What was verified: at most one level of each track of SLSA, and words of the verifier's own.
    std::vector<std::string> levels;
};

// The names of artifacts and keys by their digests (RFC 6920, 3): "ni:///sha-256;...".
std::string name_of(const base::Digest256& digest);

// An in-toto statement (v1): the payload of an envelope of type kInToto.
std::string write_summary(const Summary& summary);
// Read of a payload that was verified before; what is not known here is passed over, as the specification
// wants. Errors: invalid with its place (also: another kind of statement).
base::Result<Summary> read_summary(const Envelope& envelope);

} // namespace oakum::attestations
