// SPDX-License-Identifier: Apache-2.0
#include <base/pem_key.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>

namespace oakum::base {

Result<PublicKey> read_public_key(std::string_view pem) {
    if (pem.size() > 16384) return too_large("a public key of more than 16 KiB");
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr, EVP_PKEY_free);
    if (!key) return invalid("not a public key in PEM (-----BEGIN PUBLIC KEY-----)");
    switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_ED25519: {
        std::array<std::uint8_t, 32> raw{};
        std::size_t size = raw.size();
        if (EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) != 1 || size != raw.size())
            return invalid("not an Ed25519 public key");
        return PublicKey::ed25519(raw);
    }
    case EVP_PKEY_EC:
        return PublicKey::pem(SignatureScheme::ecdsa_sha2_nistp256, pem);
    case EVP_PKEY_RSA:
        return PublicKey::pem(SignatureScheme::rsassa_pss_sha256, pem);
    default:
        return invalid("a key is Ed25519, ECDSA on P-256, or RSA");
    }
}

} // namespace oakum::base
