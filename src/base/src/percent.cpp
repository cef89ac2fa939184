// SPDX-License-Identifier: Apache-2.0
#include <base/percent.hpp>

namespace oakum::base {

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            out.push_back(c);
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

} // namespace oakum::base
