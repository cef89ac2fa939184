// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <array>
#include <cstdint>

namespace oakum::base {

// RFC 2104 over SHA-1: for codes of authenticators (RFC 4226), which know no other. Nothing new is built on
// it.
std::array<std::uint8_t, 20> hmac_sha1(ByteView key, ByteView message);

} // namespace oakum::base
