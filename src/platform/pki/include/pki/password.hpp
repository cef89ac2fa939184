// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::pki {

// argon2id (RFC 9106) with 19 MiB, two passes, one lane: about 20 ms. Blocking and heavy: run it on a bounded
// pool, whose size bounds the memory. Passwords have 1 to 1,024 bytes. Errors: invalid, too_large,
// unavailable (memory).
base::Result<std::string> hash_password(std::string_view password, const std::array<std::uint8_t, 16>& salt);
// A stored hash whose cost is beyond ten times ours is refused, so that a forged row costs nothing. Errors:
// corrupt (not a hash of ours), unavailable.
base::Result<bool> verify_password(std::string_view password, std::string_view stored);

} // namespace oakum::pki
