// SPDX-License-Identifier: Apache-2.0
#include <pki/request.hpp>

#include "openssl.hpp"

namespace oakum::pki {
namespace {

constexpr std::size_t kMaxRequest = 16 * 1024;

} // namespace

base::Result<std::string> make_request(const PrivateKey& key, std::string_view common_name) {
    if (common_name.empty() || common_name.size() > 64 || !base::is_utf8(common_name))
        return base::invalid("the name in a request has 1 to 64 bytes of UTF-8");
    const RequestPtr request(X509_REQ_new());
    const NamePtr name(X509_NAME_new());
    if (!request || !name || X509_REQ_set_version(request.get(), 0) != 1 ||
        X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) != 1 ||
        X509_REQ_set_subject_name(request.get(), name.get()) != 1 ||
        X509_REQ_set_pubkey(request.get(), native(key)) != 1 ||
        X509_REQ_sign(request.get(), native(key), digest_for(native(key))) <= 0)
        return openssl_error("making a certificate request");
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_X509_REQ(bio.get(), request.get()) != 1)
        return openssl_error("writing a certificate request");
    return contents(bio.get());
}

base::Result<RequestPtr> read_request(std::string_view pem) {
    if (pem.size() > kMaxRequest) return base::too_large("a certificate request of more than 16 KiB");
    const BioPtr bio = memory_bio(pem);
    RequestPtr request(bio ? PEM_read_bio_X509_REQ(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
    EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
    ERR_clear_error();
    if (!request) return base::invalid("not a certificate request (PKCS#10) in PEM");
    if (key == nullptr) return base::invalid("a certificate request whose public key cannot be read");
    if (const auto kind = kind_of(key); !kind.ok())
        return base::Error(kind.error()).wrap("reading a certificate request");
    const bool proven = X509_REQ_verify(request.get(), key) == 1;
    ERR_clear_error();
    if (!proven) return base::invalid("a certificate request that is not signed by its own key");
    return request;
}

base::Result<base::Digest256> requested_key(std::string_view request_pem) {
    TRY_VALUE(const RequestPtr request, read_request(request_pem));
    return digest_of_public(X509_REQ_get0_pubkey(request.get()));
}

} // namespace oakum::pki
