// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>

namespace oakum::json {

struct Limits {
    std::size_t max_bytes = 1024 * 1024; // never above 1 GiB
    std::size_t max_depth = 32;          // arrays and objects inside each other; never above 256
    std::size_t max_values = 200'000;    // about 48 bytes each
    // Numbers that are not whole, or beyond uint64, become doubles. Otherwise they are refused, and so is
    // "-0".
    bool floats = false;
};

// RFC 8259, and stricter: one document, in UTF-8 without a byte order mark; no repeated names, no lone
// surrogates, no U+0000, nothing after the end. Integers are exact. Errors: invalid or too_large, with line
// and column.
Result<Value> parse(std::string_view text, const Limits& limits = {});

} // namespace oakum::json
