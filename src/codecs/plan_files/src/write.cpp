// SPDX-License-Identifier: Apache-2.0
#include <plan_files/plan_files.hpp>

#include <json/writer.hpp>

#include <algorithm>
#include <array>

namespace oakum::plan_files {
namespace {

// Words that some reader of YAML takes for something else than text.
constexpr std::array<std::string_view, 10> kTaken{"true", "false", "null", "yes", "no",
                                                  "on",   "off",   "y",    "n",   "nan"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool can_stand_plain(std::string_view text) {
    if (text.empty() || text.size() > 60 || !is_letter(text.front()) || text.back() == ' ') return false;
    std::string small(text);
    std::ranges::transform(small, small.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (std::ranges::find(kTaken, small) != kTaken.end()) return false;
    return std::ranges::all_of(text, [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') ||
               std::string_view(" _-./@+;=").find(c) != std::string_view::npos;
    });
}

// In YAML's double quotes: JSON's, with what YAML folds as the end of a line, or does not allow, escaped.
std::string in_quotes(std::string_view text) {
    std::string json, out;
    json::append_quoted(json, text);
    const std::string_view all = json;
    for (std::size_t i = 0; i < all.size();) {
        const std::string_view rest = all.substr(i);
        const auto second = rest.size() > 1 ? static_cast<unsigned char>(rest[1]) : 0;
        std::size_t length = 0;
        std::string_view escape;
        std::string made;
        if (rest.front() == '\x7F') {
            length = 1;
            escape = "\\x7F";
        } else if (rest.front() == '\xC2' && second >= 0x80 && second <= 0x9F) {
            constexpr std::string_view kDigits = "0123456789ABCDEF";
            made = std::string("\\x") + kDigits[second >> 4] + kDigits[second & 15];
            length = 2;
            escape = made;
        } else if (rest.starts_with("\xE2\x80\xA8")) {
            length = 3;
            escape = "\\u2028";
        } else if (rest.starts_with("\xE2\x80\xA9")) {
            length = 3;
            escape = "\\u2029";
        } else if (rest.starts_with("\xEF\xBB\xBF")) {
            length = 3;
            escape = "\\uFEFF";
        } else if (rest.starts_with("\xEF\xBF\xBE")) {
            length = 3;
            escape = "\\uFFFE";
        } else if (rest.starts_with("\xEF\xBF\xBF")) {
            length = 3;
            escape = "\\uFFFF";
        }
        if (length == 0) {
            out += rest.front();
            ++i;
        } else {
            out += escape;
            i += length;
        }
    }
    return out;
}

bool is_block(const json::Value& value) {
    return (value.is_array() || value.is_object()) && value.size() > 0;
}
std::string flat(const json::Value& value) {
    if (value.is_string())
        return can_stand_plain(value.text()) ? std::string(value.text()) : in_quotes(value.text());
    return std::string(value.source());
}

void block(std::string& out, const json::Value& value, std::size_t indent) {
    const std::string space(indent, ' ');
    for (const json::Value& item : value.items()) {
        if (item.is_null()) continue;
        if (value.is_object()) {
            out += space + std::string(item.key()) + ":";
            if (is_block(item)) {
                out += '\n';
                block(out, item, indent + 2);
            } else {
                out += " " + flat(item) + "\n";
            }
        } else if (is_block(item)) {
            // The first line of what is below stands behind the dash.
            std::string below;
            block(below, item, indent + 2);
            out += space + "- " + below.substr(std::min(indent + 2, below.size()));
        } else {
            out += space + "- " + flat(item) + "\n";
        }
    }
}

} // namespace

std::string write(const json::Value& document) {
    std::string out;
    block(out, document, 0);
    return out;
}

} // namespace oakum::plan_files
