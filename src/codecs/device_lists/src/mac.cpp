// SPDX-License-Identifier: Apache-2.0
#include <device_lists/mac.hpp>

#include <algorithm>

namespace oakum::device_lists {

std::optional<std::string> as_mac(std::string_view text) {
    if (text.size() > 17) return std::nullopt;
    std::string digits;
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
            digits += c;
        else if (c >= 'A' && c <= 'F')
            digits += static_cast<char>(c - 'A' + 'a');
        else if (c != ':' && c != '-' && c != '.')
            return std::nullopt;
    }
    if (digits.size() != 12 || digits == "000000000000" || digits == "ffffffffffff") return std::nullopt;
    std::string mac;
    for (std::size_t i = 0; i < 12; i += 2)
        mac += (i > 0 ? ":" : "") + digits.substr(i, 2);
    return mac;
}

} // namespace oakum::device_lists
