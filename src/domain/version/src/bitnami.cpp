// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {

namespace {
// As semver's keys: what comes before a release is below it; its revisions are above.
constexpr char revised = 2;
} // namespace

// "1.20.1-3" is the third time that 1.20.1 was packed, where semver would see what comes before it; "1.20.1"
// and "1.20.1-0" are one. What else follows a hyphen is semver's.
base::Result<std::string> bitnami_key(std::string_view text) {
    text = without_v(text);
    text = text.substr(0, text.find('+'));
    std::string key;
    for (int part = 0; part < 3; ++part) {
        const auto digits = take_digits(text);
        if (digits.empty() && (part == 0 || text.starts_with('.')))
            return unreadable("bitnami", "a number is missing");
        append_number(key, digits);
        if (part < 2 && text.starts_with('.')) {
            text.remove_prefix(1);
            if (text.empty() || !is_digit(text.front())) return unreadable("bitnami", "a number is missing");
        }
    }
    const bool packed = text.size() > 1 && text.front() == '-' && is_digit(text[1]);
    if (!packed && !text.empty()) {
        TRY(append_semver_end(key, text));
        return key;
    }
    key += revised;
    if (packed) text.remove_prefix(1);
    append_number(key, take_digits(text));
    append_word(key, lower(text));
    return key;
}

} // namespace oakum::version
