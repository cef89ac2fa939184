// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <pki/key.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

// OpenSSL's objects with owners. OpenSSL's error queue is per thread: it is emptied where an error is
// reported.
namespace oakum::pki {

template <auto Free> struct Freed {
    template <class T> void operator()(T* object) const { Free(object); }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using SpanPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

inline EVP_PKEY* native(const PrivateKey& key) {
    return static_cast<EVP_PKEY*>(key.native());
}

inline base::Error openssl_error(std::string doing) {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    if (reason != nullptr) doing.append(": ").append(reason);
    return base::unavailable(std::move(doing));
}

inline BioPtr memory_bio(std::string_view text) {
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

inline std::string contents(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// Nobody is asked for a passphrase: an encrypted key is an error.
inline int no_passphrase(char*, int, int, void*) {
    return -1;
}

// Which of the accepted kinds a key is. Errors: invalid.
base::Result<KeyKind> kind_of(EVP_PKEY* key);
base::Result<CertificatePtr> parse_certificate(std::string_view pem);
base::Result<std::string> to_pem(X509* certificate);
base::Result<base::Bytes> der_of(X509* certificate);
base::Result<base::Digest256> digest_of_public(EVP_PKEY* key);
// A request of at most 16 KiB for a key of a kind that we know, signed by that key. Errors: invalid,
// too_large.
base::Result<RequestPtr> read_request(std::string_view pem);
// Ed25519 hashes by itself.
inline const EVP_MD* digest_for(EVP_PKEY* key) {
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

} // namespace oakum::pki
