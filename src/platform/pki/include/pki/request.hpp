// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pki/key.hpp>

#include <string>
#include <string_view>

namespace oakum::pki {

// A certificate signing request (PKCS#10) in PEM, signed by the key itself. The name is a hint for people:
// the authority takes nothing but the public key.
base::Result<std::string> make_request(const PrivateKey& key, std::string_view common_name);

// SHA-256 of the SubjectPublicKeyInfo of the key that a certificate is asked for. Errors: invalid.
base::Result<base::Digest256> requested_key(std::string_view request_pem);

} // namespace oakum::pki
