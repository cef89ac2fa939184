// SPDX-License-Identifier: Apache-2.0
#include <android_management/assertion.hpp>

#include <base/bytes.hpp>
#include <json/writer.hpp>

#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace oakum::android_management {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr base::Duration kLasts = std::chrono::hours(1);

// A key with a passphrase is not asked for one on a terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

base::Result<base::Bytes> sign(const std::string& pem, std::string_view message) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    if (!bio) return base::unavailable("no memory");
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < 2048)
        return base::invalid("the private key of the service account is no RSA key of 2048 bits or more");
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::size_t size = 0;
    const auto* text = reinterpret_cast<const unsigned char*>(message.data());
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, text, message.size()) != 1)
        return base::unavailable("the private key of the service account does not sign");
    base::Bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, text, message.size()) != 1)
        return base::unavailable("the private key of the service account does not sign");
    signature.resize(size);
    return signature;
}

} // namespace

base::Result<std::string> assertion(const Claims& claims, const std::string& private_key) {
    std::string header, body;
    json::Writer(header)
        .begin_object()
        .member("alg", "RS256")
        .member("typ", "JWT")
        .member("kid", claims.key_id)
        .end_object();
    json::Writer(body)
        .begin_object()
        .member("iss", claims.issuer)
        .member("scope", claims.scope)
        .member("aud", claims.audience)
        .member("iat", base::unix_seconds(claims.now))
        .member("exp", base::unix_seconds(claims.now + kLasts))
        .end_object();
    const std::string signed_part =
        base::to_base64url(base::as_bytes(header)) + "." + base::to_base64url(base::as_bytes(body));
    TRY_VALUE(const base::Bytes signature, sign(private_key, signed_part));
    return signed_part + "." + base::to_base64url(signature);
}

} // namespace oakum::android_management
