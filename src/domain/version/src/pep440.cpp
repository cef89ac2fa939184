// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <optional>

namespace oakum::version {
namespace {

bool is_separator(char c) {
    return c == '.' || c == '-' || c == '_';
}

struct Labelled {
    char rank = 0;
    std::string_view number;
};

// "[.-_] word [.-_] number" at the front of the text when its word is one of the given; else nothing is
// taken.
std::optional<Labelled> take_label(std::string_view& text,
                                   std::initializer_list<std::pair<std::string_view, char>> words) {
    auto rest = text;
    if (!rest.empty() && is_separator(rest.front())) rest.remove_prefix(1);
    const auto word = take_letters(rest);
    for (const auto& [name, rank] : words) {
        if (word != name) continue;
        auto after = rest;
        if (!after.empty() && is_separator(after.front())) after.remove_prefix(1);
        const auto number = take_digits(after);
        text = number.empty() ? rest : after;
        return Labelled{rank, number};
    }
    return std::nullopt;
}

base::Status append_release(std::string& key, std::string_view& text) {
    std::vector<std::string_view> numbers;
    while (true) {
        const auto number = take_digits(text);
        if (number.empty()) return unreadable("pep440", "a number is missing");
        numbers.push_back(number);
        if (text.size() < 2 || text[0] != '.' || !is_digit(text[1])) break;
        text.remove_prefix(1);
    }
    while (numbers.size() > 1 && is_zero(numbers.back()))
        numbers.pop_back();
    for (auto number : numbers) {
        key += '\2';
        append_number(key, number);
    }
    key += '\1';
    return {};
}

base::Status append_local(std::string& key, std::string_view text) {
    while (true) {
        const auto separator = text.find_first_of(".-_");
        const auto item = text.substr(0, separator);
        if (item.empty()) return unreadable("pep440", "an empty local label");
        bool number = true;
        for (char c : item) {
            if (!is_digit(c) && !is_letter(c))
                return unreadable("pep440", "a character that a local label may not have");
            number = number && is_digit(c);
        }
        key += number ? '\2' : '\1';
        if (number)
            append_number(key, item);
        else
            append_word(key, item);
        if (separator == std::string_view::npos) return {};
        text.remove_prefix(separator + 1);
    }
}

} // namespace

base::Result<std::string> pep440_key(std::string_view original) {
    const std::string lowered = lower(original);
    std::string_view text = without_v(lowered);
    std::string key;
    auto after_epoch = text;
    const auto epoch = take_digits(after_epoch);
    if (!epoch.empty() && after_epoch.starts_with('!')) {
        append_number(key, epoch);
        text = after_epoch.substr(1);
    } else {
        append_number(key, "");
    }
    TRY(append_release(key, text));

    const auto pre = take_label(text, {{"a", '\1'},
                                       {"alpha", '\1'},
                                       {"b", '\2'},
                                       {"beta", '\2'},
                                       {"c", '\3'},
                                       {"rc", '\3'},
                                       {"pre", '\3'},
                                       {"preview", '\3'}});
    auto post = take_label(text, {{"post", '\1'}, {"rev", '\1'}, {"r", '\1'}});
    if (!post && text.size() > 1 && text[0] == '-' && is_digit(text[1])) {
        text.remove_prefix(1);
        post = Labelled{'\1', take_digits(text)};
    }
    const auto dev = take_label(text, {{"dev", '\1'}});

    // A development version of nothing but numbers comes before every pre-release of them.
    if (pre) {
        key += pre->rank;
        append_number(key, pre->number);
    } else {
        key += !post && dev ? '\0' : '\4';
    }
    key += post ? '\1' : '\0';
    if (post) append_number(key, post->number);
    key += dev ? '\0' : '\1';
    if (dev) append_number(key, dev->number);
    if (!text.empty()) {
        if (text.front() != '+') return unreadable("pep440", "something follows the version");
        TRY(append_local(key, text.substr(1)));
    }
    key += '\0';
    return key;
}

} // namespace oakum::version
