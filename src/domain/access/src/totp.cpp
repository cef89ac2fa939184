// SPDX-License-Identifier: Apache-2.0
#include <access/totp.hpp>

#include <base/hmac_sha1.hpp>
#include <base/percent.hpp>

#include <algorithm>
#include <array>

namespace oakum::access {
namespace {

constexpr std::int64_t kStepSeconds = 30;
constexpr std::size_t kRecoveryCharacters = 16;

} // namespace

std::uint64_t totp_step(base::TimePoint now) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    return seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds / kStepSeconds);
}

std::string totp_code(base::ByteView secret, std::uint64_t step) {
    std::array<std::uint8_t, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i)
        counter[i] = static_cast<std::uint8_t>(step >> (8 * (7 - i)));
    const auto mac = base::hmac_sha1(secret, counter);
    const std::size_t offset = mac.back() & 15U; // RFC 4226 section 5.3
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8 | mac[offset + i];
    number = (number & 0x7FFFFFFFU) % 1'000'000U;
    std::string code = std::to_string(number);
    return std::string(6 - code.size(), '0') + code;
}

std::optional<std::uint64_t> totp_match(base::ByteView secret, std::string_view code, base::TimePoint now,
                                        std::uint64_t newest_used) {
    const std::uint64_t present = totp_step(now);
    std::optional<std::uint64_t> matched;
    for (const std::uint64_t step : {present == 0 ? 0 : present - 1, present, present + 1}) {
        const std::string right = totp_code(secret, step);
        const bool same = base::equal_constant_time(base::as_bytes(right), base::as_bytes(code));
        if (same && step > newest_used) matched = step;
    }
    return matched;
}

std::string base32(base::ByteView bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    std::uint32_t held = 0;
    int bits = 0;
    for (const std::uint8_t byte : bytes) {
        held = (held << 8 | byte) & 0xFFFFU;
        for (bits += 8; bits >= 5; bits -= 5)
            text.push_back(letters[held >> (bits - 5) & 31U]);
    }
    if (bits > 0) text.push_back(letters[held << (5 - bits) & 31U]);
    return text;
}

std::string otpauth_uri(std::string_view issuer, std::string_view account, base::ByteView secret) {
    return "otpauth://totp/" + base::percent_encoded(issuer) + ":" + base::percent_encoded(account) +
           "?secret=" + base32(secret) + "&issuer=" + base::percent_encoded(issuer) +
           "&algorithm=SHA1&digits=6&period=30";
}

std::string recovery_code(base::ByteView random_bytes) {
    std::string code;
    for (const char c : base32(random_bytes).substr(0, kRecoveryCharacters)) {
        if (code.size() % 5 == 4) code.push_back('-');
        code.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    return code;
}

std::string recovery_core(std::string_view typed) {
    std::string core;
    for (const char c : typed.substr(0, 64)) {
        if (c == '-' || c == ' ') continue;
        core.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    return core;
}

bool is_totp_code(std::string_view code) {
    return code.size() == 6 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace oakum::access
