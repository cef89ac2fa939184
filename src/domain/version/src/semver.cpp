// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {
namespace {

// Order of pieces after the three numbers (semver.org 11): a pre-release comes before its release.
constexpr char prerelease = 1, release = 2;
constexpr char no_more = 1, numeric = 2, alphanumeric = 3;

base::Status append_prerelease(std::string& key, std::string_view text) {
    key += prerelease;
    while (true) {
        const auto dot = text.find('.');
        const auto item = text.substr(0, dot);
        if (item.empty()) return unreadable("semver", "an empty pre-release identifier");
        bool digits = true;
        for (char c : item) {
            if (!is_digit(c) && !is_letter(c) && c != '-')
                return unreadable("semver", "a character that a pre-release may not have");
            digits = digits && is_digit(c);
        }
        key += digits ? numeric : alphanumeric;
        if (digits)
            append_number(key, item);
        else
            append_word(key, item);
        if (dot == std::string_view::npos) break;
        text.remove_prefix(dot + 1);
    }
    key += no_more;
    return {};
}

} // namespace

base::Result<std::string> semver_key(std::string_view text) {
    if (!text.empty() && text.front() == '=') text.remove_prefix(1);
    text = without_v(text);
    text = text.substr(0, text.find('+'));
    std::string key;
    for (int part = 0; part < 3; ++part) {
        const auto digits = take_digits(text);
        if (digits.empty()) return unreadable("semver", "a number is missing");
        append_number(key, digits);
        if (text.empty() || text.front() != '.') {
            for (int missing = part + 1; missing < 3; ++missing)
                append_number(key, "");
            break;
        }
        if (part == 2) return unreadable("semver", "more than three numbers");
        text.remove_prefix(1);
    }
    TRY(append_semver_end(key, text));
    return key;
}

base::Status append_semver_end(std::string& key, std::string_view text) {
    if (text.empty()) {
        key += release;
        return {};
    }
    if (text.front() != '-') return unreadable("semver", "something follows the numbers without a hyphen");
    return append_prerelease(key, text.substr(1));
}

// A build is above none, and builds are ordered as what comes before a release is.
base::Result<std::string> pub_key(std::string_view text) {
    TRY_VALUE(std::string key, semver_key(text));
    if (const auto plus = text.find('+'); plus != std::string_view::npos)
        TRY(append_prerelease(key, text.substr(plus + 1)));
    return key;
}

std::string fixed_upper_key(const std::vector<std::string_view>& numbers) {
    std::string key;
    for (auto number : numbers)
        append_number(key, number);
    key += '\xFF';
    return key;
}

} // namespace oakum::version
