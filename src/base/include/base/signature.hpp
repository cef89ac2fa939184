// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <memory>
#include <string_view>

namespace oakum::base {

enum class SignatureScheme { ed25519, ecdsa_sha2_nistp256, rsassa_pss_sha256 };

// A public key that can only verify. Immutable; safe to share between threads.
class PublicKey {
  public:
    // Exactly 32 bytes (RFC 8032). Errors: invalid.
    static Result<PublicKey> ed25519(ByteView raw);
    // SubjectPublicKeyInfo in PEM: a P-256 point, or RSA of 2048 bits or more. Errors: invalid.
    static Result<PublicKey> pem(SignatureScheme scheme, std::string_view text);
    // A point of P-256 as bytes (SEC 1, 2.3.3): 65 of them, or 33 compressed. Errors: invalid.
    static Result<PublicKey> p256_point(ByteView point);

    SignatureScheme scheme() const { return scheme_; }
    // ECDSA signatures are DER; PSS hashes and masks with SHA-256 and has a salt of any length. False for
    // anything that does not verify.
    bool verify(ByteView message, ByteView signature) const;

  private:
    PublicKey(SignatureScheme scheme, std::shared_ptr<void> key) : scheme_(scheme), key_(std::move(key)) {}
    SignatureScheme scheme_;
    // Shared because copies of a value must be cheap; OpenSSL's key is immutable once made.
    std::shared_ptr<void> key_;
};

} // namespace oakum::base
