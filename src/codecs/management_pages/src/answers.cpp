// SPDX-License-Identifier: Apache-2.0
#include <management_pages/answers.hpp>

#include <algorithm>
#include <charconv>
#include <json/parse.hpp>

namespace oakum::management_pages {
namespace {

constexpr std::size_t kLongestSaid = 300, kLongestToken = 64 * 1024;
constexpr std::chrono::seconds kShortest{60}, kLongest{std::chrono::hours(24)};

json::Limits limits() {
    json::Limits limits;
    limits.max_bytes = 256 * 1024;
    limits.max_values = 20'000;
    limits.floats = true;
    return limits;
}

// One line, without the numbers that only help who runs the service.
std::string shown(std::string_view text) {
    for (const std::string_view end : {" Trace ID:", "\r\nTrace ID:", "\nTrace ID:", " Correlation ID:"})
        text = text.substr(0, text.find(end));
    std::string line;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) < 0x20 || c == ' ' || c == 0x7F;
        if (!blank)
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    if (line.size() > kLongestSaid) {
        std::size_t cut = kLongestSaid;
        while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80)
            --cut;
        line.resize(cut);
        line += "...";
    }
    while (!line.empty() && (line.back() == ' ' || line.back() == '.'))
        line.pop_back();
    return line;
}

} // namespace

base::Result<Token> token_of(std::string_view body) {
    TRY_VALUE(const json::Value value, json::parse(body, limits()));
    Token token;
    TRY_VALUE(token.text, value.string_at("access_token", kLongestToken));
    // It goes into a header as it is.
    if (token.text.empty() || std::ranges::any_of(token.text, [](char c) { return c <= 0x20 || c >= 0x7F; }))
        return base::invalid("the token has characters that a token has not");
    token.good_for = std::chrono::seconds(300);
    if (const auto expires = value.find("expires_in")) {
        std::int64_t seconds = 0;
        if (const auto number = expires->as_int(); number.ok()) {
            seconds = *number;
        } else if (const std::string_view text = expires->text(); !text.empty()) {
            const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
            if (read.ec != std::errc()) return expires->wrong("it is no number of seconds");
        }
        token.good_for = std::clamp(std::chrono::seconds(seconds), kShortest, kLongest);
    }
    return token;
}

std::string error_in(std::string_view body) {
    const auto value = json::parse(body, limits());
    if (!value.ok() || !value->is_object()) return {};
    const auto error = value->find("error");
    if (!error) return {};
    if (error->is_string()) {
        const auto more = value->find("error_description");
        return shown(more && more->is_string() && !more->text().empty() ? more->text() : error->text());
    }
    const auto text_at = [&](std::string_view name) {
        const auto found = error->find(name);
        return found ? found->text() : std::string_view();
    };
    const std::string code(text_at("code").empty() ? text_at("status") : text_at("code"));
    const std::string_view message = text_at("message");
    if (message.empty()) return shown(code);
    return shown(code.empty() ? std::string(message) : code + ": " + std::string(message));
}

} // namespace oakum::management_pages
