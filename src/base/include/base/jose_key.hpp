// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <memory>

namespace oakum::base {

enum class JoseAlgorithm { rs256, es256 }; // RFC 7518 sections 3.3 and 3.4; no other is taken

// A public key from a JSON Web Key, which can only verify. Immutable; safe to share between threads.
class JoseKey {
  public:
    // Big-endian, of 2048 to 8192 bits. Errors: invalid.
    static Result<JoseKey> rs256(ByteView modulus, ByteView exponent);
    // A point of P-256, 32 bytes each. Errors: invalid (also one that is not on the curve).
    static Result<JoseKey> es256(ByteView x, ByteView y);

    JoseAlgorithm algorithm() const { return algorithm_; }
    // PKCS #1 v1.5, or r and s of 32 bytes each. False for anything that does not verify.
    bool verify(ByteView message, ByteView signature) const;

  private:
    JoseKey(JoseAlgorithm algorithm, std::shared_ptr<void> key)
        : algorithm_(algorithm), key_(std::move(key)) {}
    JoseAlgorithm algorithm_;
    // Shared because copies of a value must be cheap; OpenSSL's key is immutable once made.
    std::shared_ptr<void> key_;
};

} // namespace oakum::base
