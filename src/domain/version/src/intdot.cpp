// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {
namespace {

constexpr char end = 1, number = 2;

}

// Numbers between dots and nothing else (the vers specification's "intdot"); what is missing is 0.
base::Result<std::string> intdot_key(std::string_view text) {
    std::string key;
    std::size_t kept = 0; // up to the last number that is not 0
    while (true) {
        const auto digits = take_digits(text);
        if (digits.empty()) return unreadable("intdot", "a number is missing");
        key += number;
        append_number(key, digits);
        if (!is_zero(digits)) kept = key.size();
        if (text.empty()) break;
        if (text.front() != '.') return unreadable("intdot", "it has more than numbers and dots");
        text.remove_prefix(1);
    }
    key.resize(kept);
    key += end;
    return key;
}

} // namespace oakum::version
