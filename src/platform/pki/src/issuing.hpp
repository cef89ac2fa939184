// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "openssl.hpp"

#include <pki/authority.hpp>

#include <string_view>

// How every certificate of ours is made.
namespace oakum::pki {

base::Status add_text(X509_NAME* name, int nid, std::string_view text);
// Value is what `openssl.cnf` would hold; only constants are passed, never text from outside.
base::Status add_extension(X509* certificate, X509* issuer, int nid, const char* value);
// Everything that all certificates have: version, serial, validity, key. Names and extensions follow.
base::Result<CertificatePtr> begin(const Serial& serial, Validity validity, EVP_PKEY* key);
base::Status add_leaf_extensions(X509* certificate, X509* issuer, const char* usage, const char* purpose);
// Signs, then verifies against the issuer: what leaves here is known to be good.
base::Status seal(X509* certificate, const PrivateKey& issuer_key);
base::Result<std::string> finish(X509* certificate, const PrivateKey& issuer_key); // in PEM

} // namespace oakum::pki
