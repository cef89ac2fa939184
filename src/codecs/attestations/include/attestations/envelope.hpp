// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/signature.hpp>

#include <string>
#include <vector>

namespace oakum::attestations {

inline constexpr std::size_t kLargestEnvelope = 1 << 20;
inline constexpr std::string_view kInToto = "application/vnd.in-toto+json"; // the type of statements

// A DSSE envelope (in-toto's dsse, protocol 1.0): a text, its type, and signatures over both.
struct Envelope {
    struct Signature {
        std::string key; // a hint at which; nothing signs it
        base::Bytes bytes;
    };
    std::string payload_type;
    base::Bytes payload;
    std::vector<Signature> signatures;
    // Errors: invalid with its place, too_large.
    static base::Result<Envelope> parse(std::string_view text);
    // As JSON with a line's end, which parses back to the same.
    std::string text() const;
    // One of its signatures is by this key.
    bool is_by(const base::PublicKey& key) const;
};
// What is signed: "DSSEv1 SP LEN(type) SP type SP LEN(body) SP body".
base::Bytes pre_authentication(std::string_view type, base::ByteView body);

} // namespace oakum::attestations
