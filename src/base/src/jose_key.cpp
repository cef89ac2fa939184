// SPDX-License-Identifier: Apache-2.0
#include <base/jose_key.hpp>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace oakum::base {
namespace {

template <auto Free> struct Freed {
    template <class T> void operator()(T* object) const { Free(object); }
};
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using ParametersPtr = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using PairPtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

constexpr std::size_t kHalf = 32; // of a P-256 point and of its signatures

NumberPtr number(ByteView bytes) {
    return NumberPtr(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

Result<std::shared_ptr<void>> key_from(const char* kind, OSSL_PARAM* parameters) {
    const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        ERR_clear_error();
        return invalid("this is no public key");
    }
    std::shared_ptr<void> held(key, [](void* each) { EVP_PKEY_free(static_cast<EVP_PKEY*>(each)); });
    const ContextPtr checked(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    if (!checked || EVP_PKEY_public_check(checked.get()) != 1) {
        ERR_clear_error();
        return invalid("this is no usable public key");
    }
    return held;
}

} // namespace

Result<JoseKey> JoseKey::rs256(ByteView modulus, ByteView exponent) {
    if (modulus.size() > 1024 || exponent.empty() || exponent.size() > 8)
        return invalid("an RSA key has 2048 to 8192 bits and a small exponent");
    const NumberPtr n = number(modulus), e = number(exponent);
    const BuilderPtr builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder || BN_num_bits(n.get()) < 2048 || BN_num_bits(n.get()) > 8192 ||
        BN_is_odd(e.get()) != 1 || BN_is_one(e.get()) == 1)
        return invalid("an RSA key has 2048 to 8192 bits and a small exponent");
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const ParametersPtr parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    TRY_VALUE(auto key, key_from("RSA", parameters.get()));
    return JoseKey(JoseAlgorithm::rs256, std::move(key));
}

Result<JoseKey> JoseKey::es256(ByteView x, ByteView y) {
    if (x.size() != kHalf || y.size() != kHalf) return invalid("a P-256 point has 32 bytes for x and for y");
    Bytes point{4}; // not compressed
    point.insert(point.end(), x.begin(), x.end());
    point.insert(point.end(), y.begin(), y.end());
    const BuilderPtr builder(OSSL_PARAM_BLD_new());
    if (!builder) return invalid("this is no public key");
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    const ParametersPtr parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    TRY_VALUE(auto key, key_from("EC", parameters.get()));
    return JoseKey(JoseAlgorithm::es256, std::move(key));
}

bool JoseKey::verify(ByteView message, ByteView signature) const {
    Bytes der;
    if (algorithm_ == JoseAlgorithm::es256) {
        if (signature.size() != 2 * kHalf) return false;
        const PairPtr pair(ECDSA_SIG_new());
        NumberPtr r = number(signature.first(kHalf)), s = number(signature.subspan(kHalf));
        if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return false;
        (void)r.release(), (void)s.release(); // the pair's now
        const int length = i2d_ECDSA_SIG(pair.get(), nullptr);
        if (length <= 0) return false;
        der.resize(static_cast<std::size_t>(length));
        std::uint8_t* at = der.data();
        i2d_ECDSA_SIG(pair.get(), &at);
        signature = der;
    }
    const DigestPtr digest(EVP_MD_CTX_new());
    const bool good = digest &&
                      EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr,
                                           static_cast<EVP_PKEY*>(key_.get())) == 1 &&
                      EVP_DigestVerify(digest.get(), signature.data(), signature.size(), message.data(),
                                       message.size()) == 1;
    ERR_clear_error();
    return good;
}

} // namespace oakum::base
