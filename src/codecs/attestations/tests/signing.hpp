// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/signature.hpp>

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

namespace oakum::attestations::testing {

// An Ed25519 key whose secret is one byte, again and again.
class Signing {
  public:
    explicit Signing(std::uint8_t secret) {
        std::array<std::uint8_t, 32> raw{};
        raw.fill(secret);
        key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()),
                   EVP_PKEY_free);
        REQUIRE(key_);
    }
    base::Bytes raw_public() const {
        base::Bytes raw(32);
        std::size_t size = raw.size();
        REQUIRE(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size) == 1);
        return raw;
    }
    base::PublicKey public_key() const { return base::PublicKey::ed25519(raw_public()).value(); }
    base::Bytes sign(base::ByteView message) const {
        const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        base::Bytes signature(64);
        std::size_t size = signature.size();
        REQUIRE(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
        REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1);
        return signature;
    }

  private:
    std::shared_ptr<EVP_PKEY> key_;
};

} // namespace oakum::attestations::testing
