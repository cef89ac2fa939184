// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/signature.hpp>

#include <map>
#include <string>
#include <vector>

namespace oakum::vendor_files {

inline constexpr std::size_t kLargestEnvelope = 1 << 20;

// A DSSE envelope (in-toto's dsse, protocol 1.0): a text, its type, and signatures over both.
struct Envelope {
    std::string payload_type;
    base::Bytes payload;
    std::vector<base::Bytes> signatures;
    // Errors: invalid with its place, too_large.
    static base::Result<Envelope> parse(std::string_view text);
    // One of its signatures is by this key.
    bool is_by(const base::PublicKey& key) const;
};
// What is signed: "DSSEv1 SP LEN(type) SP type SP LEN(body) SP body".
base::Bytes pre_authentication(std::string_view type, base::ByteView body);

// What an in-toto statement (v0.1, v1) with a provenance of SLSA (v1) says. Read of a payload that was
// verified before.
struct Provenance {
    std::vector<std::string> subjects; // SHA-256 in hex; whatever they are called
    std::string builder, build_type;
    std::map<std::string, std::string> parameters; // external ones: a text as it is, else its JSON
};
// Errors: invalid with its place (also: another kind of statement).
base::Result<Provenance> read_provenance(const Envelope& envelope);

} // namespace oakum::vendor_files
