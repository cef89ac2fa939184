// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <version/version.hpp>

namespace oakum::version {
namespace {

constexpr char number = 2, end = 1;

void append_numbers(std::string& key, const std::vector<std::string_view>& numbers) {
    for (auto digits : numbers) {
        key += number;
        append_number(key, digits);
    }
}

base::Result<std::vector<std::string_view>> read_numbers(std::string_view& text) {
    std::vector<std::string_view> numbers;
    while (true) {
        const auto digits = take_digits(text);
        if (digits.empty() || numbers.size() == 4)
            return unreadable("ios", "it is one to four numbers with dots");
        numbers.push_back(digits);
        if (text.empty() || text.front() != '.') return numbers;
        text.remove_prefix(1);
    }
}

} // namespace

// A rapid response letter follows its base: 16.5.1 < 16.5.1 (a) < 16.5.1 (c) < 16.5.2.
base::Result<std::string> ios_key(std::string_view text) {
    TRY_VALUE(auto numbers, read_numbers(text));
    while (numbers.size() > 1 && is_zero(numbers.back()))
        numbers.pop_back();
    std::string key;
    append_numbers(key, numbers);
    key += end;
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    if (text.empty()) {
        key += '\0';
    } else if (text.size() == 3 && text[0] == '(' && is_letter(text[1]) && text[2] == ')') {
        key += to_lower(text[1]);
    } else {
        return unreadable("ios", "only a letter in parentheses may follow the numbers");
    }
    return key;
}

std::string ios_upper_key(const std::vector<std::string_view>& numbers) {
    std::string key;
    append_numbers(key, numbers);
    key += '\xFF';
    return key;
}

base::Result<std::string> ios_branch(std::string_view text) {
    if (text.size() > longest_version) return base::too_large("a version of more than 128 characters");
    TRY(ios_key(text));
    return std::string(without_leading_zeros(take_digits(text)));
}

} // namespace oakum::version
