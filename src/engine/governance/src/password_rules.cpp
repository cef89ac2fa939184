// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <governance/password_rules.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace oakum::governance {
namespace {

// What twelve and more characters are most often filled with.
constexpr std::array<std::string_view, 14> kWorst{
    "123456789012",  "1234567890123",  "12345678901234",   "123412341234", "qwertyuiopas",
    "qwertyuiop12",  "qwertyuiop[]",   "passwordpassword", "password1234", "password12345",
    "administrator", "letmeinletmein", "adminadminadmin",  "abcdefghijkl"};

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace

base::Status check_password(std::string_view password, std::string_view user) {
    if (password.size() > 1024) return base::invalid("a password has at most 1024 bytes");
    if (!base::is_utf8(password) || password.find('\0') != std::string_view::npos)
        return base::invalid("a password is text in UTF-8");
    if (characters(password) < 12)
        return base::invalid("a password has at least 12 characters; a few words make a good one");
    const std::string plain = lower(password);
    if (plain.find_first_not_of(plain.front()) == std::string::npos)
        return base::invalid("a password is not one character repeated");
    const std::string name = lower(user);
    if (!name.empty() && (plain == name || plain == name + name))
        return base::invalid("a password is not the user's name");
    if (std::ranges::find(kWorst, plain) != kWorst.end())
        return base::invalid("this password is among the first that are guessed");
    return {};
}

base::Status check_user_name(std::string_view name) {
    if (name.empty() || name.size() > 128) return base::invalid("a user's name has 1 to 128 characters");
    for (const char c : name)
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '.' &&
            c != '_' && c != '-' && c != '@')
            return base::invalid("a user's name is made of letters, digits, '.', '_', '-' and '@'");
    return {};
}

base::Status check_label(std::string_view label, std::size_t max) {
    if (label.empty()) return base::invalid("it is empty");
    if (label.size() > max) return base::invalid("it has more than " + std::to_string(max) + " bytes");
    if (!base::is_utf8(label)) return base::invalid("it is not UTF-8");
    for (const char c : label)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            return base::invalid("it has control characters");
    if (label.front() == ' ' || label.back() == ' ') return base::invalid("it begins or ends with a space");
    return {};
}

} // namespace oakum::governance
