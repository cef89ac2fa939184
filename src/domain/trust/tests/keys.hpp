// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <trust/metadata.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>

// Private keys for tests of this library and of the metadata codec.
namespace oakum::trust::testing {

class TestKey {
  public:
    // The same number gives the same key.
    static TestKey ed25519(int number) {
        const base::Digest256 seed = base::sha256("test key " + std::to_string(number));
        TestKey key(
            EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.bytes.data(), seed.bytes.size()));
        key.public_.type = key.public_.scheme = "ed25519";
        std::array<std::uint8_t, 32> raw{};
        std::size_t length = raw.size();
        EVP_PKEY_get_raw_public_key(key.key_.get(), raw.data(), &length);
        key.public_.public_text = base::to_hex(raw);
        key.public_.verifier = base::PublicKey::ed25519(raw).value();
        return key;
    }
    static TestKey ecdsa() {
        TestKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
        key.public_.type = "ecdsa";
        key.public_.scheme = "ecdsa-sha2-nistp256";
        key.read_pem(base::SignatureScheme::ecdsa_sha2_nistp256);
        return key;
    }
    static TestKey rsa() {
        TestKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
        key.public_.type = "rsa";
        key.public_.scheme = "rsassa-pss-sha256";
        key.read_pem(base::SignatureScheme::rsassa_pss_sha256);
        return key;
    }

    const Key& public_key() const { return public_; }
    // Hash of the public text: unique is enough here; the codec computes real ids.
    KeyId id() const { return KeyId(base::sha256(public_.public_text).hex()); }

    base::Bytes sign(base::ByteView message) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              EVP_MD_CTX_free);
        EVP_PKEY_CTX* parameters = nullptr;
        const bool raw = public_.scheme == "ed25519";
        check(EVP_DigestSignInit(context.get(), &parameters, raw ? nullptr : EVP_sha256(), nullptr,
                                 key_.get()));
        if (public_.type == "rsa") {
            check(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING));
            check(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 32));
        }
        std::size_t length = 0;
        check(EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()));
        base::Bytes signature(length);
        check(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()));
        signature.resize(length);
        return signature;
    }

  private:
    explicit TestKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {
        if (key == nullptr) throw std::runtime_error("no key");
    }
    static void check(int outcome) {
        if (outcome != 1) throw std::runtime_error("OpenSSL refused to sign");
    }
    void read_pem(base::SignatureScheme scheme) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
        check(PEM_write_bio_PUBKEY(bio.get(), key_.get()));
        char* text = nullptr;
        const long length = BIO_get_mem_data(bio.get(), &text);
        public_.public_text.assign(text, static_cast<std::size_t>(length));
        public_.verifier = base::PublicKey::pem(scheme, public_.public_text).value();
    }

    std::shared_ptr<EVP_PKEY> key_; // shared so that keys can be copied; never changed
    Key public_;
};

} // namespace oakum::trust::testing
