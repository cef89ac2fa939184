// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/digest.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace oakum::pki {

enum class KeyKind { p256, ed25519, rsa };

// A private key in memory. Immutable, cheap to copy, safe to share between threads. There is deliberately no
// formatter: the only way out is `secret_pem`.
class PrivateKey {
  public:
    static base::Result<PrivateKey> generate(KeyKind kind); // p256 and ed25519 only
    // RFC 8032: the 32 bytes that the key is derived from.
    static base::Result<PrivateKey> ed25519_from_seed(base::ByteView seed);
    // PKCS#8 or the traditional form, not encrypted; P-256, Ed25519 or RSA of 2048 to 8192 bits.
    static base::Result<PrivateKey> from_pem(std::string_view pem);

    KeyKind kind() const { return kind_; }
    // PKCS#8, not encrypted: for a file of mode 0600 only.
    base::Result<std::string> secret_pem() const;
    // SubjectPublicKeyInfo.
    base::Result<std::string> public_pem() const;
    // SHA-256 of the SubjectPublicKeyInfo's DER: the same for the same key pair, whatever its certificates.
    base::Result<base::Digest256> public_digest() const;
    // Ed25519 only: 32 bytes.
    base::Result<base::Bytes> public_raw() const;
    // Ed25519: 64 bytes (RFC 8032). P-256: DER over SHA-256. RSA: PSS over SHA-256 with a salt of 32 bytes.
    // The signature is verified before it is returned, so that a fault never leaks one that is wrong.
    base::Result<base::Bytes> sign(base::ByteView message) const;

    // For the other files of this module.
    void* native() const { return key_.get(); }

  private:
    PrivateKey(KeyKind kind, std::shared_ptr<void> key) : kind_(kind), key_(std::move(key)) {}
    friend base::Result<PrivateKey> adopt_key(void* key);
    KeyKind kind_;
    // Shared because copies of a value must be cheap; OpenSSL's key is immutable once made.
    std::shared_ptr<void> key_;
};

} // namespace oakum::pki
