// SPDX-License-Identifier: Apache-2.0
#include <base/client_key.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace oakum::base {

Result<ClientKey> ClientKey::pem(std::string_view text) {
    if (text.size() > 16384) return too_large("a public key of more than 16 KiB");
    BIO* bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    EVP_PKEY* read = bio == nullptr ? nullptr : PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    if (read == nullptr) return invalid("not a public key in PEM");
    const std::shared_ptr<void> key(read, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
    const int kind = EVP_PKEY_get_base_id(read), bits = EVP_PKEY_get_bits(read);
    const bool good = (kind == EVP_PKEY_RSA && bits >= 2048 && bits <= 8192) ||
                      (kind == EVP_PKEY_EC && bits >= 256 && bits <= 521) || kind == EVP_PKEY_ED25519;
    if (!good) return invalid("not RSA of 2048 to 8192 bits, ECDSA of 256 to 521 or Ed25519");
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(read, &der);
    if (length <= 0) return invalid("not a public key that can be written");
    const Digest256 digest = sha256(ByteView(der, static_cast<std::size_t>(length)));
    OPENSSL_free(der);
    return ClientKey(key, digest);
}

bool ClientKey::verify(ByteView message, ByteView signature) const {
    auto* key = static_cast<EVP_PKEY*>(key_.get());
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!context) return false;
    // RSA's padding is PKCS #1 v1.5 unless another is asked for.
    const EVP_MD* digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
    return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

} // namespace oakum::base
