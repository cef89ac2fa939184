// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/signature.hpp>

namespace oakum::base {

// The public half of a signing key as bytes: 32 of Ed25519 (RFC 8032), or a point of P-256 in 65 (SEC 1,
// 2.3.3).
struct PublicHalf {
    SignatureScheme scheme = SignatureScheme::ed25519;
    Bytes bytes;
    bool operator==(const PublicHalf&) const = default;
    // What verifies. Errors: invalid (other bytes, another scheme).
    Result<PublicKey> verifier() const {
        if (scheme == SignatureScheme::ed25519) return PublicKey::ed25519(bytes);
        if (scheme == SignatureScheme::ecdsa_sha2_nistp256 && bytes.size() == 65)
            return PublicKey::p256_point(bytes);
        return invalid("no public half of Ed25519 or P-256");
    }
};

} // namespace oakum::base
