// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <array>

namespace oakum::version {
namespace {

// Where two versions part, the one that goes on is the newer, except into a pre-release suffix.
constexpr char before_release = 1, end = 2, revision = 3, suffix_number = 4, after_release = 5, letter = 6,
               digits = 7;

struct Suffix {
    std::string_view name;
    char kind;
    char rank;
};
constexpr std::array suffixes{
    Suffix{"alpha", before_release, 1}, Suffix{"beta", before_release, 2}, Suffix{"pre", before_release, 3},
    Suffix{"rc", before_release, 4},    Suffix{"cvs", after_release, 1},   Suffix{"svn", after_release, 2},
    Suffix{"git", after_release, 3},    Suffix{"hg", after_release, 4},    Suffix{"p", after_release, 5}};

// The first number orders as a number; a later one with a leading zero as text, before those without.
void append_digits(std::string& key, std::string_view number, bool first) {
    key += digits;
    if (!first && number.front() == '0') {
        key += '\0';
        append_word(key, number);
    } else {
        append_number(key, number);
    }
}

base::Status append_suffix(std::string& key, std::string_view& text) {
    const auto name = take_letters(text);
    for (const auto& suffix : suffixes) {
        if (suffix.name != name) continue;
        key += suffix.kind;
        key += suffix.rank;
        if (const auto number = take_digits(text); !number.empty()) {
            key += suffix_number;
            append_number(key, number);
        }
        return {};
    }
    return unreadable("apk", "an unknown suffix");
}

} // namespace

base::Result<std::string> apk_key(std::string_view text) {
    std::string key;
    for (bool first = true;; first = false) {
        const auto number = take_digits(text);
        if (number.empty()) return unreadable("apk", "a number is missing");
        append_digits(key, number, first);
        if (text.empty() || text.front() != '.') break;
        text.remove_prefix(1);
    }
    if (!text.empty() && is_lower(text.front())) {
        key += letter;
        key += text.front();
        text.remove_prefix(1);
    }
    while (!text.empty() && text.front() == '_') {
        text.remove_prefix(1);
        TRY(append_suffix(key, text));
    }
    if (!text.empty() && text.front() == '~') { // a commit, which orders nothing
        text.remove_prefix(1);
        while (!text.empty() && (is_digit(text.front()) || is_lower(text.front())))
            text.remove_prefix(1);
    }
    if (text.starts_with("-r")) {
        text.remove_prefix(2);
        const auto number = take_digits(text);
        if (number.empty()) return unreadable("apk", "-r without a number");
        key += revision;
        append_number(key, number);
    }
    if (!text.empty()) return unreadable("apk", "something follows the version");
    key += end;
    return key;
}

} // namespace oakum::version
