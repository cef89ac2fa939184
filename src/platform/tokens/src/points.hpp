// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/public_half.hpp>

namespace oakum::tokens {

// What CKA_EC_POINT and CKA_EC_PARAMS say: the point as an OCTET STRING (2.40) or bare (some of 3.0); the
// curve by its object identifier or its name. Errors: invalid (another curve, another form).
base::Result<base::PublicHalf> public_half_of(base::ByteView parameters, base::ByteView point);

// CKA_EC_PARAMS of a curve: by its object identifier, and, for Ed25519, by its name, which some want.
base::Bytes parameters_of(base::SignatureScheme scheme, bool by_name);

// ECDSA of a token (two numbers of 32 bytes) in DER (RFC 3279, 2.2.3). Errors: invalid (another length).
base::Result<base::Bytes> der_of(base::ByteView two_numbers);

} // namespace oakum::tokens
