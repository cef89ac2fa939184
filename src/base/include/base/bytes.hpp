// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteView bytes);
// Lower or upper case. Errors: invalid.
Result<Bytes> from_hex(std::string_view text);
// RFC 4648 with padding.
std::string to_base64(ByteView bytes);
// RFC 4648 section 5, without padding.
std::string to_base64url(ByteView bytes);
// Both alphabets, padding optional; anything else, line breaks included, is refused. Errors: invalid.
Result<Bytes> from_base64(std::string_view text);
// Well-formed UTF-8 without surrogates or overlong forms (RFC 3629).
bool is_utf8(std::string_view text);
// Every byte looked at whatever differs: for secrets.
bool equal_constant_time(ByteView a, ByteView b);

} // namespace oakum::base
