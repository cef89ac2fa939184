// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <algorithm>
#include <array>

namespace oakum::version {
namespace {

// Where one version ends: pre-release words come before it, other letters after it, numbers after those. So
// 1.1.1-pre9 < 1.1.1 < 1.1.1k < 1.1.1.2, and OpenSSL's 1.0.2z < 1.0.2za.
constexpr char before = 1, end = 2, letters = 3, number = 4;

struct Word {
    std::string_view name;
    char rank;
};
constexpr std::array early_words{Word{"dev", 1},       Word{"snapshot", 1}, Word{"nightly", 1},
                                 Word{"alpha", 2},     Word{"beta", 3},     Word{"m", 4},
                                 Word{"milestone", 4}, Word{"pre", 5},      Word{"preview", 5},
                                 Word{"rc", 6},        Word{"cr", 6}};
constexpr std::array prefixes{std::string_view("version"), std::string_view("ver"),
                              std::string_view("release"), std::string_view("stable"), std::string_view("v")};
// Words of sentences and ranges: a text that has one is no version.
constexpr std::array prose{
    std::string_view("and"),      std::string_view("or"),         std::string_view("to"),
    std::string_view("all"),      std::string_view("before"),     std::string_view("earlier"),
    std::string_view("prior"),    std::string_view("later"),      std::string_view("through"),
    std::string_view("up"),       std::string_view("x"),          std::string_view("below"),
    std::string_view("older"),    std::string_view("newer"),      std::string_view("than"),
    std::string_view("versions"), std::string_view("unspecified")};

bool is_separator(char c) {
    return std::string_view(".-_+:/ ()").find(c) != std::string_view::npos;
}

bool is_commit(std::string_view text) {
    if (text.size() < 7 || text.size() > 64) return false;
    bool letter = false;
    for (char c : text) {
        if (!is_digit(c) && !(c >= 'a' && c <= 'f')) return false;
        letter = letter || !is_digit(c);
    }
    return letter || text.size() == 40 || text.size() == 64;
}

std::string_view without_prefix(std::string_view text) {
    for (auto prefix : prefixes) {
        if (!text.starts_with(prefix)) continue;
        auto rest = text.substr(prefix.size());
        while (!rest.empty() && is_separator(rest.front()))
            rest.remove_prefix(1);
        if (!rest.empty() && is_digit(rest.front())) return rest;
    }
    return text;
}

struct Token {
    char kind;
    char rank;
    std::string_view text;
};

base::Result<std::vector<Token>> split(std::string_view text) {
    std::vector<Token> tokens;
    while (!text.empty()) {
        const char c = text.front();
        if (is_digit(c)) {
            tokens.push_back({number, 0, take_digits(text)});
        } else if (is_letter(c)) {
            const auto word = take_letters(text);
            if (std::find(prose.begin(), prose.end(), word) != prose.end())
                return unreadable("generic", "words of a range");
            const auto* early = std::find_if(early_words.begin(), early_words.end(),
                                             [&](const Word& w) { return w.name == word; });
            if (early != early_words.end() && (word != "m" || (!text.empty() && is_digit(text.front()))))
                tokens.push_back({before, early->rank, {}});
            else
                tokens.push_back({letters, 0, word});
        } else if (c == '~') {
            tokens.push_back({before, '\0', {}});
            text.remove_prefix(1);
        } else if (is_separator(c)) {
            text.remove_prefix(1);
        } else {
            return unreadable("generic", "a character that no version has");
        }
    }
    return tokens;
}

// Zeros before letters or the end carry no meaning: 1.0 is 1.0.0, and 1.0-rc1 is 1.0.0-rc1.
std::vector<Token> without_zeros(const std::vector<Token>& tokens) {
    std::vector<Token> out;
    const auto trim = [&out] {
        while (out.size() > 1 && out.back().kind == number && is_zero(out.back().text) &&
               out[out.size() - 2].kind == number)
            out.pop_back();
    };
    for (const auto& token : tokens) {
        if (token.kind != number) trim();
        out.push_back(token);
    }
    trim();
    return out;
}

} // namespace

base::Result<std::string> generic_key(std::string_view original) {
    const std::string lowered = lower(original);
    if (is_commit(lowered)) return unreadable("generic", "a commit id has no order");
    const auto text = without_prefix(lowered);
    if (text.empty() || !is_digit(text.front()))
        return unreadable("generic", "it does not begin with a number");
    TRY_VALUE(const auto tokens, split(text));
    std::string key;
    for (const auto& token : without_zeros(tokens)) {
        key += token.kind;
        if (token.kind == number)
            append_number(key, token.text);
        else if (token.kind == letters)
            append_word(key, token.text);
        else
            key += token.rank;
    }
    key += end;
    return key;
}

std::string generic_upper_key(const std::vector<std::string_view>& numbers) {
    std::string key;
    for (auto digits : numbers) {
        key += number;
        append_number(key, digits);
    }
    key += '\xFF';
    return key;
}

} // namespace oakum::version
