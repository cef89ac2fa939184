// SPDX-License-Identifier: Apache-2.0
#include <device/query_text.hpp>

namespace oakum::device {

std::string as_literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\' || c == '*') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string both(std::string_view one, std::string_view other) {
    if (one.empty() || other.empty()) return std::string(one.empty() ? other : one);
    return std::string("(").append(one).append(") and (").append(other) + ")";
}

} // namespace oakum::device
