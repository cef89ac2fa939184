// SPDX-License-Identifier: Apache-2.0
#include <search/wanted.hpp>

#include <algorithm>
#include <array>

namespace oakum::search {
namespace {

constexpr std::size_t kLongest = 256;

constexpr char fold(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_word(char c) {
    return is_digit(c) || (fold(c) >= 'a' && fold(c) <= 'z');
}

bool begins_with(std::string_view name, std::string_view folded) {
    if (name.size() < folded.size()) return false;
    for (std::size_t i = 0; i < folded.size(); ++i)
        if (fold(name[i]) != folded[i]) return false;
    return true;
}

// What letters of both cases and some signs have in common: a first look that lets through too many.
constexpr char rough(char c) {
    return static_cast<char>(c | 0x20);
}

std::string folded(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), fold);
    return lower;
}
std::string upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return out;
}

// "cve-2024-6387" at the beginning of a text: its length, or 0.
std::size_t cve_at(std::string_view text) {
    constexpr std::string_view kCve = "cve-";
    if (!begins_with(text, kCve)) return 0;
    std::size_t at = kCve.size();
    for (int n = 0; n < 4; ++n, ++at)
        if (at >= text.size() || !is_digit(text[at])) return 0;
    if (at >= text.size() || text[at] != '-') return 0;
    const std::size_t number = ++at;
    while (at < text.size() && is_digit(text[at]))
        ++at;
    return at - number < 4 || (at < text.size() && is_word(text[at])) ? 0 : at;
}

} // namespace

std::string_view to_string(Match match) {
    constexpr std::array<std::string_view, 4> kWords{"none", "within", "prefix", "exact"};
    return kWords[static_cast<std::size_t>(match)];
}

base::Result<Wanted> Wanted::parse(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
    text = text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
    if (text.empty()) return base::invalid("what is searched for is missing").at("q");
    if (text.size() > kLongest) return base::invalid("a search has at most 256 bytes").at("q");
    Wanted wanted;
    wanted.text_ = std::string(text);
    wanted.folded_ = folded(text);
    return wanted;
}

Match Wanted::in(std::string_view name) const {
    const std::size_t length = folded_.size();
    if (begins_with(name, folded_)) return name.size() == length ? Match::exact : Match::prefix;
    // Two characters at once: few places pass both.
    const std::size_t second = length > 1 ? 1 : 0;
    const char first_rough = rough(folded_[0]), second_rough = rough(folded_[second]);
    for (std::size_t i = 1; i + length <= name.size(); ++i)
        if (rough(name[i]) == first_rough && rough(name[i + second]) == second_rough &&
            begins_with(name.substr(i), folded_))
            return Match::within;
    return Match::none;
}

std::optional<std::string> advisory_named(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i == 0 || !is_word(text[i - 1]))
            if (const std::size_t length = cve_at(text.substr(i)); length > 0)
                return upper(text.substr(i, length));
    // The other publishers' ids, as a word of the text.
    struct Publisher {
        std::string_view prefix;
        bool upper; // all of it; GitHub writes what follows in lower case
    };
    static constexpr std::array kPublishers{Publisher{"GHSA-", false}, Publisher{"ASB-A-", true},
                                            Publisher{"PUB-A-", true}, Publisher{"DSA-", true},
                                            Publisher{"DLA-", true},   Publisher{"USN-", true},
                                            Publisher{"PYSEC-", true}, Publisher{"RUSTSEC-", true},
                                            Publisher{"GO-", true},    Publisher{"OSV-", true}};
    constexpr std::string_view kAround = " \t\r\n?!,;\"'()";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = text.find_first_not_of(kAround, at);
        if (begin == std::string_view::npos) break;
        at = std::min(text.find_first_of(kAround, begin), text.size());
        const std::string_view word = text.substr(begin, at - begin);
        for (const Publisher& publisher : kPublishers) {
            const std::size_t length = publisher.prefix.size();
            if (word.size() <= length || upper(word.substr(0, length)) != publisher.prefix) continue;
            const std::string_view rest = word.substr(length);
            const bool plausible = std::any_of(rest.begin(), rest.end(), is_word) &&
                                   std::all_of(rest.begin(), rest.end(),
                                               [](char c) { return is_word(c) || c == '-' || c == '_'; }) &&
                                   (!publisher.upper || std::any_of(rest.begin(), rest.end(), is_digit));
            if (!plausible) continue;
            // GO-2024-1234 has a year; a gateway called GO-7 has not.
            if (publisher.prefix == "GO-" &&
                (rest.size() < 6 || !std::all_of(rest.begin(), rest.begin() + 4, is_digit) || rest[4] != '-'))
                continue;
            return std::string(publisher.prefix) + (publisher.upper ? upper(rest) : folded(rest));
        }
    }
    return std::nullopt;
}

} // namespace oakum::search
