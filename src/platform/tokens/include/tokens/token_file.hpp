// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/public_half.hpp>

#include <string>
#include <string_view>

namespace oakum::tokens {

// Whose key it is and where: a text that holds no secret. What loads code (the module) is not in it.
struct TokenFile {
    std::string holder; // 1 to 64 letters, digits, '.', '_', '-'
    base::PublicHalf public_half;
    std::string uri;
    bool operator==(const TokenFile&) const = default;
};

inline constexpr std::string_view kTokenFile = "oakum-token-key-1"; // its first line

// Errors: invalid (a holder or a URI that cannot be written).
base::Result<std::string> write_token_file(const TokenFile& file);
// At most 4 KiB. Errors: invalid.
base::Result<TokenFile> read_token_file(std::string_view text);

} // namespace oakum::tokens
