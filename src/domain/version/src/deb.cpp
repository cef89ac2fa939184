// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {
namespace {

// Debian Policy 5.6.12: non-digits and numbers alternate. Of non-digits ~ sorts before the end, letters
// before everything else.
constexpr char tilde = 1, end = 2;

void append_part(std::string& key, std::string_view text) {
    while (!text.empty()) {
        while (!text.empty() && !is_digit(text.front())) {
            const char c = text.front();
            if (c == '~')
                key += tilde;
            else
                key += is_letter(c) ? c : static_cast<char>(static_cast<unsigned char>(c) | 0x80U);
            text.remove_prefix(1);
        }
        key += end;
        append_number(key, take_digits(text));
    }
    key += end;
}

} // namespace

base::Result<std::string> deb_key(std::string_view text) {
    std::string key;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        auto epoch = text.substr(0, colon);
        const auto digits = take_digits(epoch);
        if (digits.empty() || !epoch.empty()) return unreadable("deb", "the epoch is not a number");
        append_number(key, digits);
        text.remove_prefix(colon + 1);
    } else {
        append_number(key, "");
    }
    if (text.empty() || !is_digit(text.front()))
        return unreadable("deb", "the upstream version does not begin with a digit");
    for (char c : text)
        if (!is_digit(c) && !is_letter(c) && std::string_view(".+-~:").find(c) == std::string_view::npos)
            return unreadable("deb", "a character that a version may not have");
    const auto hyphen = text.rfind('-');
    append_part(key, text.substr(0, hyphen));
    // No revision is the same as revision 0.
    append_part(key, hyphen == std::string_view::npos ? std::string_view("0") : text.substr(hyphen + 1));
    return key;
}

} // namespace oakum::version
