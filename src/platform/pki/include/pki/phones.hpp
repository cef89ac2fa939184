// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pki/authority.hpp>
#include <ports/clock.hpp>
#include <ports/phone_authority.hpp>
#include <ports/push.hpp>

#include <memory>
#include <string>

namespace oakum::pki {

// Whether a phone's request may come with DES, SHA-1 or MD5, as older clients send it.
enum class Weak : bool { refused, borne };

// What is kept of the phones' authority.
struct PhoneAuthorityFiles {
    std::string certificate_pem, key_pem;
};
// RSA of 3072 bits, since phones encrypt to it; for ten years.
base::Result<PhoneAuthorityFiles> make_phone_authority(const Serial& serial, base::TimePoint now);

// Of a PEM file with Apple's push certificate and its key. Errors: invalid, too_large.
base::Result<ports::PushIdentity> read_push_identity(std::string_view pem);

// Immutable but for `random`; any thread when that is.
// Errors: invalid (not an authority, the key is another's), denied (not valid at `now`), unavailable
// (OpenSSL's legacy algorithms are not installed).
base::Result<std::unique_ptr<ports::PhoneAuthority>>
open_phone_authority(const PhoneAuthorityFiles& files, Weak weak, ports::Random& random, base::TimePoint now);

} // namespace oakum::pki
