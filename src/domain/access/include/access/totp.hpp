// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Codes of an authenticator (RFC 6238): SHA-1, 6 digits, 30 s, since authenticators ignore what else is asked
// of them.
namespace oakum::access {

inline constexpr std::size_t kTotpSecretBytes = 20;

std::uint64_t totp_step(base::TimePoint now);
// "042137"
std::string totp_code(base::ByteView secret, std::uint64_t step);
// The step that the code is of: the present one, the one before or the one after, and later than
// `newest_used`, since a code counts once. Takes the same time whichever it is.
std::optional<std::uint64_t> totp_match(base::ByteView secret, std::string_view code, base::TimePoint now,
                                        std::uint64_t newest_used);

// RFC 4648, without padding: as people type a secret.
std::string base32(base::ByteView bytes);
// What a QR code for authenticators holds: otpauth://totp/ISSUER:ACCOUNT?...
std::string otpauth_uri(std::string_view issuer, std::string_view account, base::ByteView secret);

// One of the codes on paper, "k3yd-..." of 80 random bits; and what of it counts, whatever was typed around
// it.
std::string recovery_code(base::ByteView random_bytes);
std::string recovery_core(std::string_view typed);
// Whether it has the form of a code of an authenticator, and not of one on paper.
bool is_totp_code(std::string_view code);

} // namespace oakum::access
