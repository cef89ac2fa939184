// SPDX-License-Identifier: Apache-2.0
#include <pki/phones.hpp>

#include "openssl.hpp"

#include <pki/cleanse.hpp>

namespace oakum::pki {
namespace {

// "-----BEGIN PRIVATE KEY----- ..." out of a file that holds a certificate too.
std::string key_in(std::string_view pem) {
    const std::size_t word = pem.find("PRIVATE KEY-----");
    if (word == std::string_view::npos) return {};
    const std::size_t from = pem.rfind("-----BEGIN ", word);
    const std::size_t end = pem.find("-----END ", word);
    if (from == std::string_view::npos || end == std::string_view::npos) return {};
    return std::string(pem.substr(from, pem.find("-----", end + 9) + 5 - from)) + "\n";
}

} // namespace

base::Result<ports::PushIdentity> read_push_identity(std::string_view pem) {
    TRY_VALUE(const CertificatePtr certificate, parse_certificate(pem));
    ports::PushIdentity identity;
    TRY_VALUE(identity.certificate_pem, to_pem(certificate.get()));
    TRY_VALUE(const CertificateInfo info, read_certificate(identity.certificate_pem));
    identity.not_after = info.not_after;
    char topic[256] = {};
    if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_userId, topic, sizeof topic) >
        0)
        identity.topic = topic;
    ERR_clear_error();
    if (!identity.topic.starts_with("com.apple.mgmt."))
        return base::invalid("this is no push certificate of a management server: it names no topic "
                             "(com.apple.mgmt...)");
    identity.key_pem = key_in(pem);
    if (identity.key_pem.empty())
        return base::invalid("the file holds a push certificate, and not its private key: put both into it, "
                             "as PEM, the key without a passphrase");
    TRY_VALUE(const PrivateKey key, PrivateKey::from_pem(identity.key_pem));
    TRY(check_pair(identity.certificate_pem, key));
    return identity;
}

} // namespace oakum::pki
