// SPDX-License-Identifier: Apache-2.0
#include <pki/certificate.hpp>

#include "openssl.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include <ctime>

namespace oakum::pki {
namespace {

constexpr std::size_t kMaxPem = 64 * 1024;

base::Result<base::TimePoint> time_of(const ASN1_TIME* time) {
    std::tm fields{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &fields) != 1)
        return base::invalid("a certificate without a validity");
    return base::from_unix_ms(static_cast<std::int64_t>(timegm(&fields)) * 1000);
}

std::string_view text_of(const ASN1_STRING* string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string address_of(const ASN1_STRING* bytes) {
    char text[INET6_ADDRSTRLEN] = {};
    const int length = ASN1_STRING_length(bytes);
    if (length == 4)
        inet_ntop(AF_INET, ASN1_STRING_get0_data(bytes), text, sizeof text);
    else if (length == 16)
        inet_ntop(AF_INET6, ASN1_STRING_get0_data(bytes), text, sizeof text);
    return text;
}

void read_names(X509* certificate, CertificateInfo& info) {
    const NamesPtr names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    int uris = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_URI) {
            info.uri = ++uris == 1 ? std::string(text_of(name->d.uniformResourceIdentifier)) : std::string();
        } else if (name->type == GEN_DNS) {
            info.names.emplace_back(text_of(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            info.names.push_back(address_of(name->d.iPAddress));
        }
    }
}

} // namespace

base::Result<CertificatePtr> parse_certificate(std::string_view pem) {
    if (pem.size() > kMaxPem) return base::too_large("a certificate of more than 64 KiB");
    const BioPtr bio = memory_bio(pem);
    CertificatePtr certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
    ERR_clear_error();
    if (!certificate) return base::invalid("not a certificate in PEM");
    return certificate;
}

base::Result<base::Bytes> der_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0) return openssl_error("encoding a certificate");
    base::Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

base::Result<std::string> to_pem(X509* certificate) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1)
        return openssl_error("writing a certificate");
    return contents(bio.get());
}

base::Result<CertificateInfo> read_certificate(std::string_view pem) {
    TRY_VALUE(const CertificatePtr certificate, parse_certificate(pem));
    CertificateInfo info;
    X509* x = certificate.get();

    char name[256] = {};
    if (X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof name) > 0)
        info.common_name = name;
    base::Bytes serial(static_cast<std::size_t>(ASN1_STRING_length(X509_get0_serialNumber(x))));
    std::copy_n(ASN1_STRING_get0_data(X509_get0_serialNumber(x)), serial.size(), serial.begin());
    info.serial = base::to_hex(serial);
    read_names(x, info);
    TRY_VALUE(info.not_before, time_of(X509_get0_notBefore(x)));
    TRY_VALUE(info.not_after, time_of(X509_get0_notAfter(x)));
    info.authority = X509_check_ca(x) == 1;
    info.client = (X509_get_extension_flags(x) & EXFLAG_XKUSAGE) != 0 &&
                  (X509_get_extended_key_usage(x) & XKU_SSL_CLIENT) != 0;
    unsigned int size = 0;
    if (X509_digest(x, EVP_sha256(), info.fingerprint.bytes.data(), &size) != 1 || size != 32)
        return openssl_error("hashing a certificate");
    EVP_PKEY* key = X509_get0_pubkey(x);
    ERR_clear_error();
    if (key == nullptr) return base::invalid("a certificate whose public key cannot be read");
    TRY_VALUE(info.public_digest, digest_of_public(key));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PUBKEY(bio.get(), key) != 1) return openssl_error("writing a public key");
    info.public_pem = contents(bio.get());
    return info;
}

std::string fingerprint_text(const base::Digest256& digest) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t byte : digest.bytes) {
        if (!text.empty()) text += ':';
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

base::Result<base::Bytes> to_der(std::string_view certificate_pem) {
    TRY_VALUE(const CertificatePtr certificate, parse_certificate(certificate_pem));
    return der_of(certificate.get());
}

base::Status check_issued_by(std::string_view certificate_pem, std::string_view authority_pem,
                             base::TimePoint now) {
    TRY_VALUE(const CertificatePtr certificate, parse_certificate(certificate_pem));
    TRY_VALUE(const CertificatePtr authority, parse_certificate(authority_pem));
    const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
    const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    if (!store || !context || X509_STORE_add_cert(store.get(), authority.get()) != 1 ||
        X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr) != 1)
        return openssl_error("preparing to verify a certificate");
    X509_STORE_CTX_set_time(context.get(), 0, static_cast<time_t>(base::unix_seconds(now)));
    const bool verified = X509_verify_cert(context.get()) == 1;
    ERR_clear_error();
    if (verified) return {};
    return base::denied(std::string("the certificate is not trusted: ") +
                        X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
}

base::Status check_pair(std::string_view certificate_pem, const PrivateKey& key) {
    TRY_VALUE(const CertificatePtr certificate, parse_certificate(certificate_pem));
    const bool matches = X509_check_private_key(certificate.get(), native(key)) == 1;
    ERR_clear_error();
    if (!matches) return base::invalid("the private key does not belong to the certificate");
    return {};
}

} // namespace oakum::pki
