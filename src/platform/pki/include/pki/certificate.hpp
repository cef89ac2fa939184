// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/digest.hpp>
#include <base/time.hpp>
#include <pki/key.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::pki {

// What Oakum reads of an X.509 certificate.
struct CertificateInfo {
    std::string common_name;
    std::string serial;             // lower hexadecimal
    std::string uri;                // the one SAN URI; empty when there is none or more than one
    std::vector<std::string> names; // SAN DNS names and IP addresses
    base::TimePoint not_before;
    base::TimePoint not_after;
    bool authority = false;
    bool client = false;           // has the extended key usage clientAuth
    base::Digest256 fingerprint;   // SHA-256 of the DER
    base::Digest256 public_digest; // SHA-256 of the SubjectPublicKeyInfo's DER
    std::string public_pem;        // the SubjectPublicKeyInfo
};

// The first certificate of a PEM text of at most 64 KiB. Errors: invalid, too_large.
base::Result<CertificateInfo> read_certificate(std::string_view pem);
// It alone, in DER. Errors: invalid, too_large.
base::Result<base::Bytes> to_der(std::string_view certificate_pem);
// "AB:CD:..", as people compare it.
std::string fingerprint_text(const base::Digest256& digest);
// True when `certificate_pem` was signed by the authority and both are valid at `now`. Errors: invalid,
// denied.
base::Status check_issued_by(std::string_view certificate_pem, std::string_view authority_pem,
                             base::TimePoint now);
// The key belongs to the certificate. Errors: invalid.
base::Status check_pair(std::string_view certificate_pem, const PrivateKey& key);

} // namespace oakum::pki
