// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// One function a scheme: text to an order-preserving key. The text is trimmed and bounded by the caller.
namespace oakum::version {

base::Result<std::string> semver_key(std::string_view text);
base::Result<std::string> deb_key(std::string_view text);
base::Result<std::string> rpm_key(std::string_view text);
base::Result<std::string> apk_key(std::string_view text);
base::Result<std::string> pep440_key(std::string_view text);
base::Result<std::string> maven_key(std::string_view text);
base::Result<std::string> go_key(std::string_view text);
base::Result<std::string> kernel_key(std::string_view text);
base::Result<std::string> android_spl_key(std::string_view text);
base::Result<std::string> ios_key(std::string_view text);
base::Result<std::string> gem_key(std::string_view text);
base::Result<std::string> nuget_key(std::string_view text);
base::Result<std::string> bitnami_key(std::string_view text);
base::Result<std::string> pub_key(std::string_view text);
base::Result<std::string> intdot_key(std::string_view text);
base::Result<std::string> generic_key(std::string_view text);

// What follows the numbers of a semver version: nothing, or a hyphen and a pre-release.
base::Status append_semver_end(std::string& key, std::string_view text);

// Keys of "the end of a family" from its fixed numbers ("5.4" of "5.4.*").
std::string generic_upper_key(const std::vector<std::string_view>& numbers);
std::string fixed_upper_key(const std::vector<std::string_view>& numbers);
std::string ios_upper_key(const std::vector<std::string_view>& numbers);

// Characters and key pieces that the schemes share.
inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
inline bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
inline bool is_letter(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}
inline char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lower(std::string_view text);
// The run of digits (letters) at the front, removed from the text.
std::string_view take_digits(std::string_view& text);
std::string_view take_letters(std::string_view& text);
std::string_view without_leading_zeros(std::string_view digits);
bool is_zero(std::string_view digits);
// A number of any length: its length, then its digits, so that bytes order as numbers do.
void append_number(std::string& key, std::string_view digits);
// A word: its bytes and a zero, so that a prefix comes first.
void append_word(std::string& key, std::string_view word);
// "v1.2" is "1.2".
std::string_view without_v(std::string_view text);
base::Error unreadable(std::string_view scheme, std::string_view why);

} // namespace oakum::version
