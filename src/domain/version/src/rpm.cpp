// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {
namespace {

// rpmvercmp: separators only separate; ~ is before the end, ^ just after it; a number is above a word.
constexpr char tilde = 1, end = 2, caret = 3, word = 4, number = 5;

void append_part(std::string& key, std::string_view text) {
    while (!text.empty()) {
        const char c = text.front();
        if (is_digit(c)) {
            key += number;
            append_number(key, take_digits(text));
        } else if (is_letter(c)) {
            key += word;
            append_word(key, take_letters(text));
        } else {
            if (c == '~')
                key += tilde;
            else if (c == '^')
                key += caret;
            text.remove_prefix(1);
        }
    }
    key += end;
}

} // namespace

base::Result<std::string> rpm_key(std::string_view text) {
    std::string key;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        auto epoch = text.substr(0, colon);
        const auto digits = take_digits(epoch);
        if (!epoch.empty() && epoch != "(none)") return unreadable("rpm", "the epoch is not a number");
        append_number(key, digits);
        text.remove_prefix(colon + 1);
    } else {
        append_number(key, "");
    }
    if (text.empty() || !(is_digit(text.front()) || is_letter(text.front())))
        return unreadable("rpm", "the version does not begin with a letter or digit");
    bool any_digit = false;
    for (char c : text) {
        any_digit = any_digit || is_digit(c);
        if (!is_digit(c) && !is_letter(c) && std::string_view("._+~^-").find(c) == std::string_view::npos)
            return unreadable("rpm", "a character that a version may not have");
    }
    if (!any_digit) return unreadable("rpm", "no number in it");
    const auto hyphen = text.rfind('-');
    append_part(key, text.substr(0, hyphen));
    append_part(key, hyphen == std::string_view::npos ? std::string_view() : text.substr(hyphen + 1));
    return key;
}

} // namespace oakum::version
