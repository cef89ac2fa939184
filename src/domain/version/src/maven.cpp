// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <algorithm>
#include <array>

namespace oakum::version {
namespace {

// The POM reference, "Version Order Specification": tokens split at dots, hyphens and between digits and
// letters; where one version ends, qualifiers up to snapshot are before it, others after, then -number, then
// .number.
constexpr char early_qualifier = 1, end = 2, late_qualifier = 3, dashed_number = 4, dotted_number = 5;

struct Token {
    bool number = false;
    bool dashed = false;
    std::string_view text;
};

bool is_null(const Token& token) {
    return token.number
               ? is_zero(token.text)
               : token.text.empty() || token.text == "ga" || token.text == "final" || token.text == "release";
}

std::vector<Token> split(std::string_view text) {
    std::vector<Token> tokens;
    bool dashed = false;
    bool separated = false;
    while (!text.empty()) {
        if (text.front() == '.' || text.front() == '-' || text.front() == '_') {
            if (separated)
                tokens.push_back({true, dashed, "0"}); // two separators have an empty number between them
            dashed = text.front() != '.';
            separated = true;
            text.remove_prefix(1);
            continue;
        }
        if (!separated && !tokens.empty()) dashed = true; // a change between digits and letters is a hyphen
        Token token{is_digit(text.front()), dashed, {}};
        if (token.number) {
            token.text = take_digits(text);
        } else {
            std::size_t n = 0;
            while (n < text.size() && !is_digit(text[n]) &&
                   std::string_view(".-_").find(text[n]) == std::string_view::npos)
                ++n;
            token.text = text.substr(0, n);
            text.remove_prefix(n);
        }
        tokens.push_back(token);
        dashed = separated = false;
    }
    return tokens;
}

// Nulls at the end, and before each hyphen or qualifier, carry no meaning.
std::vector<Token> without_nulls(const std::vector<Token>& tokens) {
    std::vector<Token> out;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if ((tokens[i].dashed || !tokens[i].number) && i > 0)
            while (!out.empty() && is_null(out.back()))
                out.pop_back();
        out.push_back(tokens[i]);
    }
    while (!out.empty() && is_null(out.back()))
        out.pop_back();
    return out;
}

struct Qualifier {
    std::string_view name;
    char rank;
};
constexpr std::array early{Qualifier{"alpha", 1}, Qualifier{"beta", 2}, Qualifier{"milestone", 3},
                           Qualifier{"rc", 4},    Qualifier{"cr", 4},   Qualifier{"snapshot", 5}};

void append_qualifier(std::string& key, std::string_view name, bool before_number) {
    if (before_number && name == "a")
        name = "alpha";
    else if (before_number && name == "b")
        name = "beta";
    else if (before_number && name == "m")
        name = "milestone";
    const auto* known =
        std::find_if(early.begin(), early.end(), [&](const Qualifier& q) { return q.name == name; });
    if (known != early.end()) {
        key += early_qualifier;
        key += known->rank;
        return;
    }
    key += late_qualifier;
    key += name == "sp" ? '\1' : '\2';
    append_word(key, name);
}

} // namespace

base::Result<std::string> maven_key(std::string_view original) {
    const std::string text = lower(original);
    if (text.find_first_of("0123456789") == std::string::npos) return unreadable("maven", "no number in it");
    for (char c : text)
        if (!is_digit(c) && !is_letter(c) && std::string_view(".-_+").find(c) == std::string_view::npos)
            return unreadable("maven", "a character that is not expected in a version");
    const auto tokens = without_nulls(split(text));
    std::string key;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].number) {
            key += tokens[i].dashed ? dashed_number : dotted_number;
            append_number(key, tokens[i].text);
        } else {
            append_qualifier(key, tokens[i].text,
                             i + 1 < tokens.size() && tokens[i + 1].number && tokens[i + 1].dashed);
        }
    }
    key += end;
    return key;
}

} // namespace oakum::version
