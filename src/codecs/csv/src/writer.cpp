// SPDX-License-Identifier: Apache-2.0
#include <csv/writer.hpp>

#include <algorithm>

namespace oakum::csv {
namespace {

// "-12.5": digits with a sign before and one point among them. "-2+3" is a formula.
bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto digits = [&text] {
        const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
        text.remove_prefix(end);
        return end > 0;
    };
    if (!digits()) return false;
    if (!text.starts_with('.')) return text.empty();
    text.remove_prefix(1);
    return digits() && text.empty();
}

// U+0080 to U+009F: control characters in two bytes.
bool controls(std::string_view at) {
    return at.size() > 1 && at[0] == '\xC2' && static_cast<unsigned char>(at[1]) < 0xA0;
}

// What turns the direction of text, breaks lines, or is not seen at all: U+200B to U+200F, U+2028 to U+202E,
// U+2060 to U+206F, U+FEFF.
bool hidden(std::string_view at) {
    if (at.size() < 3) return false;
    const auto last = static_cast<unsigned char>(at[2]);
    if (at[0] == '\xEF') return at[1] == '\xBB' && last == 0xBF;
    if (at[0] != '\xE2') return false;
    if (at[1] == '\x80') return (last >= 0x8B && last <= 0x8F) || (last >= 0xA8 && last <= 0xAE);
    return at[1] == '\x81' && last >= 0xA0 && last <= 0xAF;
}

std::string harmless(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '\n' || c == '\r' || c == '\t') {
            out += ' ';
        } else if (c < 0x20 || c == 0x7F) {
            out += '?';
        } else if (hidden(text.substr(i))) {
            out += '?';
            i += 2;
        } else if (controls(text.substr(i))) {
            out += '?';
            ++i;
        } else {
            out += text[i];
        }
    }
    const std::size_t first = std::min(out.find_first_not_of(' '), out.size());
    if (first < out.size() && std::string_view("=+-@|").find(out[first]) != std::string_view::npos &&
        !is_number(out))
        out.insert(out.begin(), '\'');
    return out;
}

} // namespace

void append_row(std::string& out, const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i != 0) out += ',';
        const std::string field = harmless(fields[i]);
        if (field.find_first_of(",;\"") == std::string::npos) {
            out += field;
            continue;
        }
        out += '"';
        for (const char c : field) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }
    out += "\r\n";
}

} // namespace oakum::csv
