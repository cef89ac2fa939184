// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = to_lower(c);
    return out;
}

std::string_view take_digits(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && is_digit(text[n]))
        ++n;
    const auto taken = text.substr(0, n);
    text.remove_prefix(n);
    return taken;
}

std::string_view take_letters(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && is_letter(text[n]))
        ++n;
    const auto taken = text.substr(0, n);
    text.remove_prefix(n);
    return taken;
}

std::string_view without_leading_zeros(std::string_view digits) {
    while (!digits.empty() && digits.front() == '0')
        digits.remove_prefix(1);
    return digits;
}

bool is_zero(std::string_view digits) {
    return without_leading_zeros(digits).empty();
}

void append_number(std::string& key, std::string_view digits) {
    digits = without_leading_zeros(digits);
    key += static_cast<char>(digits.size());
    key += digits;
}

void append_word(std::string& key, std::string_view word) {
    key += word;
    key += '\0';
}

std::string_view without_v(std::string_view text) {
    if (text.size() > 1 && (text[0] == 'v' || text[0] == 'V') && is_digit(text[1])) text.remove_prefix(1);
    return text;
}

base::Error unreadable(std::string_view scheme, std::string_view why) {
    return base::invalid(std::string("not a ").append(scheme).append(" version: ").append(why));
}

} // namespace oakum::version
