// SPDX-License-Identifier: Apache-2.0
#include "openssl.hpp"

#include <pki/cleanse.hpp>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

namespace oakum::pki {
namespace {

constexpr std::size_t kMaxPem = 64 * 1024;
constexpr int kPssSalt = 32;

base::Status use_pss(EVP_PKEY_CTX* context) {
    if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context, kPssSalt) != 1)
        return openssl_error("choosing PSS");
    return {};
}

} // namespace

base::Result<KeyKind> kind_of(EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
        return KeyKind::ed25519;
    case EVP_PKEY_EC: {
        char group[64] = {};
        if (EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1 ||
            std::string_view(group) != SN_X9_62_prime256v1)
            return base::invalid("the key is on an elliptic curve other than P-256");
        return KeyKind::p256;
    }
    case EVP_PKEY_RSA: {
        const int bits = EVP_PKEY_get_bits(key);
        if (bits < 2048 || bits > 8192)
            return base::invalid("an RSA key of " + std::to_string(bits) +
                                 " bits; 2048 to 8192 are accepted");
        return KeyKind::rsa;
    }
    default:
        return base::invalid("the key is neither P-256 nor Ed25519 nor RSA");
    }
}

base::Result<base::Digest256> digest_of_public(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    if (size <= 0) return openssl_error("encoding a public key");
    const base::Digest256 digest = base::sha256(base::ByteView(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
    return digest;
}

base::Result<PrivateKey> adopt_key(void* key) {
    std::shared_ptr<void> owned(key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
    TRY_VALUE(const KeyKind kind, kind_of(static_cast<EVP_PKEY*>(key)));
    return PrivateKey(kind, std::move(owned));
}

base::Result<PrivateKey> PrivateKey::generate(KeyKind kind) {
    EVP_PKEY* key = nullptr;
    if (kind == KeyKind::p256)
        key = EVP_EC_gen("P-256");
    else if (kind == KeyKind::ed25519)
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    else
        return base::invalid("RSA keys are accepted, not made");
    if (key == nullptr) return openssl_error("making a key");
    return adopt_key(key);
}

base::Result<PrivateKey> PrivateKey::ed25519_from_seed(base::ByteView seed) {
    if (seed.size() != 32)
        return base::invalid("an Ed25519 seed has 32 bytes, this has " + std::to_string(seed.size()));
    EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size());
    if (key == nullptr) return openssl_error("reading an Ed25519 seed");
    return adopt_key(key);
}

base::Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    if (pem.size() > kMaxPem) return base::too_large("a private key of more than 64 KiB");
    const BioPtr bio = memory_bio(pem);
    EVP_PKEY* key = bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr;
    ERR_clear_error();
    if (key == nullptr) return base::invalid("not an unencrypted private key in PEM");
    return adopt_key(key);
}

void cleanse(std::string& secret) {
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

base::Result<std::string> PrivateKey::secret_pem() const {
    const BioPtr bio(BIO_new(BIO_s_secmem()));
    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), pki::native(*this), nullptr, nullptr, 0, nullptr,
                                              nullptr) != 1)
        return openssl_error("writing a private key");
    return contents(bio.get());
}

base::Result<std::string> PrivateKey::public_pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PUBKEY(bio.get(), pki::native(*this)) != 1)
        return openssl_error("writing a public key");
    return contents(bio.get());
}

base::Result<base::Digest256> PrivateKey::public_digest() const {
    return digest_of_public(pki::native(*this));
}

base::Result<base::Bytes> PrivateKey::public_raw() const {
    if (kind_ != KeyKind::ed25519) return base::invalid("only an Ed25519 key has a raw form");
    base::Bytes raw(32);
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(pki::native(*this), raw.data(), &size) != 1 || size != raw.size())
        return openssl_error("reading a public key");
    return raw;
}

base::Result<base::Bytes> PrivateKey::sign(base::ByteView message) const {
    EVP_PKEY* key = pki::native(*this);
    const SpanPtr context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    if (!context || EVP_DigestSignInit(context.get(), &parameters, digest_for(key), nullptr, key) != 1)
        return openssl_error("signing");
    if (kind_ == KeyKind::rsa) TRY(use_pss(parameters));
    std::size_t size = 0;
    if (EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1)
        return openssl_error("signing");
    base::Bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1)
        return openssl_error("signing");
    signature.resize(size);

    const SpanPtr check(EVP_MD_CTX_new());
    if (!check || EVP_DigestVerifyInit(check.get(), &parameters, digest_for(key), nullptr, key) != 1)
        return openssl_error("checking a signature just made");
    if (kind_ == KeyKind::rsa) TRY(use_pss(parameters));
    if (EVP_DigestVerify(check.get(), signature.data(), signature.size(), message.data(), message.size()) !=
        1) {
        ERR_clear_error();
        return base::bug("a signature just made does not verify");
    }
    return signature;
}

} // namespace oakum::pki
