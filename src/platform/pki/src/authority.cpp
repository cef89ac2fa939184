// SPDX-License-Identifier: Apache-2.0
#include <pki/authority.hpp>

#include "issuing.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace oakum::pki {
namespace {

using std::chrono::hours;
constexpr auto kBackdated = hours(1); // clocks that run a little behind
constexpr auto kAuthorityLife = hours(24 * 3652);
constexpr auto kServerLife = hours(24 * 397);

bool is_word(std::string_view text) {
    if (text.empty() || text.size() > 64) return false;
    for (const char c : text) {
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '_' || c == '.';
        if (!good) return false;
    }
    return true;
}

bool is_dns_name(std::string_view name) {
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (name.empty() || name.size() > 253 || name.front() == '.' || name.back() == '.') return false;
    std::size_t label = 0;
    for (const char c : name) {
        if (c == '.') {
            if (label == 0) return false;
            label = 0;
            continue;
        }
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '_';
        if (!good || ++label > 63) return false;
    }
    return true;
}

base::Status add_name(GENERAL_NAMES* names, std::string_view text, int type) {
    std::array<unsigned char, 16> address{};
    const std::string copy(text);
    int length = 0;
    if (type == GEN_DNS) {
        if (inet_pton(AF_INET, copy.c_str(), address.data()) == 1)
            length = 4;
        else if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1)
            length = 16;
        else if (!is_dns_name(text))
            return base::invalid("\"" + copy + "\" is neither a DNS name nor an IP address");
    }
    GENERAL_NAME* name = GENERAL_NAME_new();
    ASN1_STRING* value = ASN1_STRING_type_new(length == 0 ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
    const bool set =
        value != nullptr && (length == 0 ? ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()))
                                         : ASN1_STRING_set(value, address.data(), length)) == 1;
    if (name == nullptr || !set) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(value);
        return openssl_error("naming a certificate");
    }
    GENERAL_NAME_set0_value(name, length == 0 ? type : GEN_IPADD, value);
    if (sk_GENERAL_NAME_push(names, name) <= 0) {
        GENERAL_NAME_free(name);
        return openssl_error("naming a certificate");
    }
    return {};
}

base::Status add_names(X509* certificate, GENERAL_NAMES* names) {
    if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) != 1)
        return openssl_error("naming a certificate");
    return {};
}

} // namespace

bool is_device_uri(std::string_view uri) {
    constexpr std::string_view kPrefix = "urn:oakum:";
    if (!uri.starts_with(kPrefix)) return false;
    uri.remove_prefix(kPrefix.size());
    const std::size_t colon = uri.find(':');
    return colon != std::string_view::npos && is_word(uri.substr(0, colon)) && is_word(uri.substr(colon + 1));
}

base::Result<Authority> Authority::make(std::string_view name, const Serial& serial, base::TimePoint now) {
    if (name.empty() || name.size() > 64 || !base::is_utf8(name))
        return base::invalid("an authority's name has 1 to 64 bytes of UTF-8");
    TRY_VALUE(PrivateKey key, PrivateKey::generate(KeyKind::p256));
    TRY_VALUE(const CertificatePtr certificate,
              begin(serial, {now - kBackdated, now + kAuthorityLife}, native(key)));
    X509* x = certificate.get();
    TRY(add_text(X509_get_subject_name(x), NID_commonName, name));
    if (X509_set_issuer_name(x, X509_get_subject_name(x)) != 1) return openssl_error("naming an authority");
    TRY(add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
    TRY(add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign"));
    TRY(add_extension(x, x, NID_subject_key_identifier, "hash"));
    TRY_VALUE(const std::string pem, finish(x, key));
    return load(pem, key, now);
}

base::Result<Authority> Authority::load(std::string_view certificate_pem, const PrivateKey& key,
                                        base::TimePoint now) {
    TRY_VALUE(CertificateInfo info, read_certificate(certificate_pem));
    if (!info.authority) return base::invalid("the certificate is not an authority's");
    TRY(check_pair(certificate_pem, key));
    TRY(check_issued_by(certificate_pem, certificate_pem, now));
    return Authority(std::string(certificate_pem), key, std::move(info));
}

base::Result<std::string> Authority::issue_server(const PrivateKey& key, std::span<const std::string> names,
                                                  const Serial& serial, base::TimePoint now) const {
    if (names.empty() || names.size() > 64) return base::invalid("a server's certificate has 1 to 64 names");
    TRY_VALUE(const CertificatePtr issuer, parse_certificate(pem_));
    const base::TimePoint end = std::min<base::TimePoint>(now + kServerLife, info_.not_after);
    TRY_VALUE(const CertificatePtr certificate, begin(serial, {now - kBackdated, end}, native(key)));
    X509* x = certificate.get();
    const NamesPtr alternatives(GENERAL_NAMES_new());
    if (!alternatives || X509_set_issuer_name(x, X509_get_subject_name(issuer.get())) != 1)
        return openssl_error("naming a certificate");
    for (const std::string& name : names)
        TRY(add_name(alternatives.get(), name, GEN_DNS));
    if (names.front().size() <= 64) TRY(add_text(X509_get_subject_name(x), NID_commonName, names.front()));
    TRY(add_names(x, alternatives.get()));
    TRY(add_leaf_extensions(x, issuer.get(), "critical,digitalSignature", "serverAuth"));
    TRY_VALUE(std::string pem, finish(x, key_));
    return pem;
}

base::Result<std::string> Authority::issue_device(std::string_view request_pem, std::string_view uri,
                                                  const Serial& serial, Validity validity) const {
    if (!is_device_uri(uri)) return base::invalid("a device's name is urn:oakum:TENANT:DEVICE");
    TRY_VALUE(const RequestPtr request, read_request(request_pem));
    EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
    TRY_VALUE(const CertificatePtr issuer, parse_certificate(pem_));
    validity.not_after = std::min(validity.not_after, info_.not_after);
    TRY_VALUE(const CertificatePtr certificate, begin(serial, validity, key));
    X509* x = certificate.get();
    const std::string_view names = uri.substr(std::string_view("urn:oakum:").size());
    const std::size_t colon = names.find(':');
    TRY(add_text(X509_get_subject_name(x), NID_organizationName, names.substr(0, colon)));
    TRY(add_text(X509_get_subject_name(x), NID_commonName, names.substr(colon + 1)));
    const NamesPtr alternatives(GENERAL_NAMES_new());
    if (!alternatives || X509_set_issuer_name(x, X509_get_subject_name(issuer.get())) != 1)
        return openssl_error("naming a certificate");
    TRY(add_name(alternatives.get(), uri, GEN_URI));
    TRY(add_names(x, alternatives.get()));
    TRY(add_leaf_extensions(x, issuer.get(), "critical,digitalSignature", "clientAuth"));
    return finish(x, key_);
}

} // namespace oakum::pki
