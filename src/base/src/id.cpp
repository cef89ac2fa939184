// SPDX-License-Identifier: Apache-2.0
#include <base/id.hpp>

namespace oakum::base {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

int digit_of(char c) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto at = kAlphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

} // namespace

Id128 make_id128(std::uint64_t unix_milliseconds, const std::array<std::uint8_t, 10>& random) {
    Id128 id;
    id.high = (unix_milliseconds & 0xFFFFFFFFFFFFULL) << 16 | std::uint64_t{random[0]} << 8 | random[1];
    for (std::size_t i = 2; i < random.size(); ++i)
        id.low = id.low << 8 | random[i];
    return id;
}

std::string to_text(Id128 id) {
    std::string text(26, '0');
    for (std::size_t i = 26; i-- > 0;) {
        text[i] = kAlphabet[id.low & 31];
        id.low = id.low >> 5 | (id.high & 31) << 59;
        id.high >>= 5;
    }
    return text;
}

Result<Id128> parse_id128(std::string_view text) {
    if (text.size() != 26) return invalid("an id has 26 characters, this has " + std::to_string(text.size()));
    Id128 id;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int digit = digit_of(text[i]);
        if (digit < 0 || (i == 0 && digit > 7))
            return invalid("an id is letters and digits of base 32, character " + std::to_string(i + 1) +
                           " is not");
        id.high = id.high << 5 | id.low >> 59;
        id.low = id.low << 5 | static_cast<std::uint64_t>(digit);
    }
    return id;
}

std::array<std::uint8_t, 16> to_bytes(Id128 id) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(id.high >> (56 - 8 * i));
        bytes[8 + i] = static_cast<std::uint8_t>(id.low >> (56 - 8 * i));
    }
    return bytes;
}

Id128 id128_from_bytes(const std::array<std::uint8_t, 16>& bytes) {
    Id128 id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.high = id.high << 8 | bytes[i];
        id.low = id.low << 8 | bytes[8 + i];
    }
    return id;
}

} // namespace oakum::base
