// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>

#include <memory>

namespace oakum::base {

// The public key by which a client of another system signs its requests: RSA with PKCS #1 v1.5 and SHA-256,
// ECDSA with SHA-256, or Ed25519 over the message itself; which, the key says. Immutable; safe to share
// between threads.
class ClientKey {
  public:
    // SubjectPublicKeyInfo in PEM: RSA of 2048 to 8192 bits, P-256, P-384, P-521 or Ed25519. Errors: invalid.
    static Result<ClientKey> pem(std::string_view text);

    // Of the key itself, however its PEM was written.
    Digest256 digest() const { return digest_; }
    // False for anything that does not verify.
    bool verify(ByteView message, ByteView signature) const;

  private:
    ClientKey(std::shared_ptr<void> key, Digest256 digest) : key_(std::move(key)), digest_(digest) {}
    // Shared because copies of a value must be cheap; OpenSSL's key is immutable once made.
    std::shared_ptr<void> key_;
    Digest256 digest_;
};

} // namespace oakum::base
