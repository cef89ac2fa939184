// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/signature.hpp>

namespace oakum::base {

// A SubjectPublicKeyInfo in PEM that says itself what it is: Ed25519, a point of P-256, or RSA of 2048 bits
// or more (used with PSS). Errors: invalid, too_large.
Result<PublicKey> read_public_key(std::string_view pem);

} // namespace oakum::base
