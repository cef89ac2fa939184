// SPDX-License-Identifier: Apache-2.0
#include <governance/secrets.hpp>

#include <array>

namespace oakum::governance {

std::string new_secret(ports::Random& random) {
    std::array<std::uint8_t, 32> bytes{};
    random.fill(bytes);
    return base::to_base64url(bytes);
}

base::Digest256 digest_of(std::string_view secret) {
    return base::sha256(secret);
}

std::string csrf_of(std::string_view session_secret) {
    const base::Digest256 mac =
        base::hmac_sha256(base::as_bytes(session_secret), base::as_bytes("oakum csrf token"));
    return base::to_base64url(mac.bytes);
}

} // namespace oakum::governance
