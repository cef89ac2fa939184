// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <tlog/note.hpp>

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace oakum::tlog::testing {

// The same name gives the same key.
class Signer {
  public:
    explicit Signer(const std::string& name)
        : secret_(
              EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, base::sha256(name).bytes.data(), 32),
              EVP_PKEY_free) {
        key.name = name;
        key.public_key.resize(32);
        std::size_t length = 32;
        if (EVP_PKEY_get_raw_public_key(secret_.get(), key.public_key.data(), &length) != 1)
            throw std::runtime_error("no key");
    }
    Note sign(const std::string& text) const {
        return sign_note(
                   text, key,
                   [&](base::ByteView message) -> base::Result<base::Bytes> {
                       const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                             EVP_MD_CTX_free);
                       base::Bytes signature(64);
                       std::size_t length = signature.size();
                       if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret_.get()) != 1 ||
                           EVP_DigestSign(context.get(), signature.data(), &length, message.data(),
                                          message.size()) != 1)
                           return base::bug("no signature");
                       return signature;
                   })
            .value();
    }
    NoteKey key;

  private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> secret_;
};

} // namespace oakum::tlog::testing
