// SPDX-License-Identifier: Apache-2.0
#include <base/signature.hpp>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace oakum::base {
namespace {

std::shared_ptr<void> own(EVP_PKEY* key) {
    return {key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); }};
}

} // namespace

Result<PublicKey> PublicKey::ed25519(ByteView raw) {
    if (raw.size() != 32)
        return invalid("an Ed25519 public key has 32 bytes, this has " + std::to_string(raw.size()));
    EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size());
    if (key == nullptr) return invalid("not an Ed25519 public key");
    return PublicKey(SignatureScheme::ed25519, own(key));
}

Result<PublicKey> PublicKey::pem(SignatureScheme scheme, std::string_view text) {
    if (text.size() > 16384) return too_large("a public key of more than 16 KiB");
    BIO* bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    EVP_PKEY* key = bio == nullptr ? nullptr : PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    if (key == nullptr) return invalid("not a public key in PEM");
    auto owned = own(key);
    if (scheme == SignatureScheme::ecdsa_sha2_nistp256) {
        char group[64] = {};
        if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
            EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1 ||
            std::string_view(group) != SN_X9_62_prime256v1)
            return invalid("not a key on the curve P-256");
    } else if (scheme == SignatureScheme::rsassa_pss_sha256) {
        if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < 2048)
            return invalid("not an RSA key of at least 2048 bits");
    } else {
        return invalid("an Ed25519 key is raw bytes, not PEM");
    }
    return PublicKey(scheme, std::move(owned));
}

Result<PublicKey> PublicKey::p256_point(ByteView point) {
    if (point.size() != 65 && point.size() != 33)
        return invalid("a point of P-256 has 65 or 33 bytes, this has " + std::to_string(point.size()));
    char group[] = SN_X9_62_prime256v1;
    Bytes copy(point.begin(), point.end()); // OpenSSL's parameters are not const
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data(), copy.size()),
        OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters)) != 1)
        return invalid("not a point of the curve P-256");
    return PublicKey(SignatureScheme::ecdsa_sha2_nistp256, own(key));
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
    auto* key = static_cast<EVP_PKEY*>(key_.get());
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!context) return false;
    EVP_PKEY_CTX* parameters = nullptr;
    const EVP_MD* digest = scheme_ == SignatureScheme::ed25519 ? nullptr : EVP_sha256();
    if (EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key) != 1) return false;
    if (scheme_ == SignatureScheme::rsassa_pss_sha256 &&
        (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) != 1))
        return false;
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

} // namespace oakum::base
