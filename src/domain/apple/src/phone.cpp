// SPDX-License-Identifier: Apache-2.0
#include <apple/phone.hpp>

#include <algorithm>
#include <array>

namespace oakum::apple {
namespace {

struct Named {
    Kind kind;
    std::string_view name, words;
};
constexpr std::array<Named, 5> kKinds{{
    {Kind::device_information, "DeviceInformation", "what it is and runs"},
    {Kind::security_info, "SecurityInfo", "how it is kept safe"},
    {Kind::installed_applications, "InstalledApplicationList", "which apps it has"},
    {Kind::declarative_management, "DeclarativeManagement", "to keep what is declared"},
    {Kind::remove_profile, "RemoveProfile", "to leave this management"},
}};
constexpr std::array<std::pair<Word, std::string_view>, 5> kWords{{{Word::idle, "Idle"},
                                                                   {Word::acknowledged, "Acknowledged"},
                                                                   {Word::error, "Error"},
                                                                   {Word::format_error, "CommandFormatError"},
                                                                   {Word::not_now, "NotNow"}}};

const Named& about(Kind kind) {
    return *std::ranges::find(kKinds, kind, &Named::kind);
}
bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

} // namespace

std::string_view to_string(Kind kind) {
    return about(kind).name;
}
std::string_view words(Kind kind) {
    return about(kind).words;
}
std::optional<Kind> parse_kind(std::string_view name) {
    const auto* found = std::ranges::find(kKinds, name, &Named::name);
    return found == kKinds.end() ? std::nullopt : std::optional(found->kind);
}
std::string_view to_string(Word word) {
    return std::ranges::find(kWords, word, &std::pair<Word, std::string_view>::first)->second;
}
std::optional<Word> parse_word(std::string_view name) {
    const auto* found = std::ranges::find(kWords, name, &std::pair<Word, std::string_view>::second);
    return found == kWords.end() ? std::nullopt : std::optional(found->first);
}
std::string_view to_string(State state) {
    switch (state) {
    case State::begun:
        return "begun";
    case State::enrolled:
        return "enrolled";
    case State::left:
        break;
    }
    return "left";
}

bool is_udid(std::string_view text) {
    if (text.size() == 40) return is_hex(text);
    if (text.size() == 25) return text[8] == '-' && is_hex(text.substr(0, 8)) && is_hex(text.substr(9));
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text.substr(i, 1))) return false;
    }
    return true;
}

} // namespace oakum::apple
