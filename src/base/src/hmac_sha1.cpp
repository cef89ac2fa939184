// SPDX-License-Identifier: Apache-2.0
#include <base/hmac_sha1.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace oakum::base {

std::array<std::uint8_t, 20> hmac_sha1(ByteView key, ByteView message) {
    std::array<std::uint8_t, 20> out{};
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), out.data(),
         nullptr);
    return out;
}

} // namespace oakum::base
