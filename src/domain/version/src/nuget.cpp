// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {

// NuGetVersion: one to four numbers, then a pre-release as semver has it, whose letters have no case.
base::Result<std::string> nuget_key(std::string_view text) {
    constexpr int most = 4;
    text = without_v(text);
    text = text.substr(0, text.find('+'));
    const auto hyphen = text.find('-');
    auto numbers = text.substr(0, hyphen);
    std::string key;
    for (int part = 0; part < most; ++part) {
        const auto digits = take_digits(numbers);
        if (digits.empty() && part == 0) return unreadable("nuget", "a number is missing");
        append_number(key, digits);
        if (numbers.empty()) continue;
        if (digits.empty() || numbers.front() != '.' || numbers.size() == 1 || part == most - 1)
            return unreadable("nuget", "it is more than one to four numbers");
        numbers.remove_prefix(1);
    }
    TRY(append_semver_end(key,
                          hyphen == std::string_view::npos ? std::string() : lower(text.substr(hyphen))));
    return key;
}

} // namespace oakum::version
