// SPDX-License-Identifier: Apache-2.0
#include <system/recent_log.hpp>

#include <algorithm>

namespace oakum::system {
namespace {

constexpr std::string_view kLeftOut = "[left out]";
// Ids have 26 characters; tokens, digests and keys have more.
constexpr std::size_t kLongestWord = 26;

bool is_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '+' || c == '=';
}

// Of IPv4 and IPv6; a time of day goes with them.
bool is_of_address(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' || c == ':';
}
bool is_address(std::string_view word) {
    while (!word.empty() && (word.back() == '.' || word.back() == ':'))
        word.remove_suffix(1);
    const auto colons = std::ranges::count(word, ':'), dots = std::ranges::count(word, '.');
    const bool digit = std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
    return digit && (colons >= 2 || (dots == 3 && colons <= 1));
}

std::string without_addresses(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t length = 0;
        while (length < text.size() && is_of_address(text[length]))
            ++length;
        const bool whole = out.empty() || !is_of_word(out.back());
        if (length > 0 && whole && is_address(text.substr(0, length)))
            out += kLeftOut;
        else
            out += text.substr(0, length = std::max<std::size_t>(length, 1));
        text.remove_prefix(length);
    }
    return out;
}

std::string without_long_words(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t length = 0;
        while (length < text.size() && is_of_word(text[length]))
            ++length;
        if (length > kLongestWord)
            out += kLeftOut;
        else
            out += text.substr(0, length = std::max<std::size_t>(length, 1));
        text.remove_prefix(length);
    }
    return out;
}

// From the first mark to the last: a name may hold one itself.
std::string without_quoted(std::string_view text) {
    const std::size_t from = text.find_first_of("\"'"), to = text.find_last_of("\"'");
    if (from == std::string_view::npos) return std::string(text);
    return std::string(text.substr(0, from)) + std::string(kLeftOut) + std::string(text.substr(to + 1));
}

} // namespace

std::string for_strangers(base::LogLevel level, std::string_view text) {
    if (level <= base::LogLevel::info) {
        // "ID: STATUS what it was about"
        const std::size_t colon = text.find(": ");
        const bool refusal = colon == kLongestWord && text.size() >= colon + 5 &&
                             std::ranges::all_of(text.substr(0, colon), is_of_word);
        return refusal ? std::string(text.substr(0, colon + 5)) : std::string(kLeftOut);
    }
    return without_long_words(without_addresses(without_quoted(text)));
}

void RecentLog::write(base::LogLevel level, std::string_view area, std::string_view text) {
    next_.write(level, area, text);
    if (level < base::LogLevel::info) return;
    std::string line =
        log_line(LogFormat::text, LogPrefix::none, clock_.now(), level, area, for_strangers(level, text));
    const base::Lock lock(mutex_);
    lines_.push_back(std::move(line));
    if (lines_.size() > most_) lines_.pop_front();
}

std::vector<std::string> RecentLog::lines() const {
    const base::Lock lock(mutex_);
    return {lines_.begin(), lines_.end()};
}

} // namespace oakum::system
