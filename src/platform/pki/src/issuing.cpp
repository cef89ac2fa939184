// SPDX-License-Identifier: Apache-2.0
#include "issuing.hpp"

namespace oakum::pki {
namespace {

constexpr std::int64_t kLastSecond = 253402300799; // 9999-12-31T23:59:59Z

} // namespace

base::Status add_text(X509_NAME* name, int nid, std::string_view text) {
    if (X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()), -1, 0) != 1)
        return openssl_error("naming a certificate");
    return {};
}

base::Status add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    if (!added) return openssl_error("adding an extension to a certificate");
    return {};
}

base::Result<CertificatePtr> begin(const Serial& serial, Validity validity, EVP_PKEY* key) {
    const std::int64_t from = base::unix_seconds(validity.not_before);
    const std::int64_t until = base::unix_seconds(validity.not_after);
    if (from < 0 || until <= from || until > kLastSecond)
        return base::invalid("a certificate's validity must begin before it ends, between 1970 and 9999");
    Serial number = serial;
    number[0] = static_cast<std::uint8_t>((number[0] & 0x3f) | 0x40);
    const NumberPtr big(BN_bin2bn(number.data(), static_cast<int>(number.size()), nullptr));
    CertificatePtr certificate(X509_new());
    X509* x = certificate.get();
    if (!x || !big || X509_set_version(x, X509_VERSION_3) != 1 ||
        BN_to_ASN1_INTEGER(big.get(), X509_get_serialNumber(x)) == nullptr ||
        ASN1_TIME_set(X509_getm_notBefore(x), static_cast<time_t>(from)) == nullptr ||
        ASN1_TIME_set(X509_getm_notAfter(x), static_cast<time_t>(until)) == nullptr ||
        X509_set_pubkey(x, key) != 1)
        return openssl_error("making a certificate");
    return certificate;
}

base::Status seal(X509* certificate, const PrivateKey& issuer_key) {
    if (X509_sign(certificate, native(issuer_key), digest_for(native(issuer_key))) <= 0)
        return openssl_error("signing a certificate");
    if (X509_verify(certificate, native(issuer_key)) != 1) {
        ERR_clear_error();
        return base::bug("a certificate just signed does not verify");
    }
    return {};
}

base::Result<std::string> finish(X509* certificate, const PrivateKey& issuer_key) {
    TRY(seal(certificate, issuer_key));
    return to_pem(certificate);
}

base::Status add_leaf_extensions(X509* certificate, X509* issuer, const char* usage, const char* purpose) {
    TRY(add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE"));
    TRY(add_extension(certificate, issuer, NID_key_usage, usage));
    TRY(add_extension(certificate, issuer, NID_ext_key_usage, purpose));
    TRY(add_extension(certificate, issuer, NID_subject_key_identifier, "hash"));
    return add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
}

} // namespace oakum::pki
