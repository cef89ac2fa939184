// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <attestations/envelope.hpp>

#include <map>

namespace oakum::attestations {

// What an in-toto statement (v0.1, v1) with a provenance of SLSA (v1) says. Read of a payload that was
// verified before.
struct Provenance {
    std::vector<std::string> subjects; // SHA-256 in hex; whatever they are called
    std::string builder, build_type;
    std::map<std::string, std::string> parameters; // external ones: a text as it is, else its JSON
};
// Errors: invalid with its place (also: another kind of statement).
base::Result<Provenance> read_provenance(const Envelope& envelope);

} // namespace oakum::attestations
