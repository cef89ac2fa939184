// SPDX-License-Identifier: Apache-2.0
#include <json/writer.hpp>

#include <base/bytes.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace oakum::json {
namespace {

template <class Number> void append_number(std::string& out, Number number) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    out.append(buffer.data(), end);
}

// The length of the well-formed sequence at the front, 0 when there is none.
std::size_t sequence(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return length <= text.size() && base::is_utf8(text.substr(0, length)) ? length : 0;
}

void append_clean(std::string& out, std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    for (const char c : text) {
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                out += "\\u00";
                out += hex[static_cast<unsigned char>(c) >> 4];
                out += hex[static_cast<unsigned char>(c) & 15];
            } else {
                out += c;
            }
        }
    }
}

} // namespace

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    if (base::is_utf8(text)) {
        append_clean(out, text);
    } else {
        while (!text.empty()) {
            const std::size_t length = sequence(text);
            if (length == 0)
                out += "\xEF\xBF\xBD";
            else
                append_clean(out, text.substr(0, length));
            text.remove_prefix(length == 0 ? 1 : length);
        }
    }
    out += '"';
}

void Writer::before_value() {
    if (open_.empty()) {
        if (written_) std::abort();
        written_ = true;
        return;
    }
    Level& level = open_.back();
    if (level.end == '}') {
        if (!level.keyed) std::abort();
        level.keyed = false;
    } else {
        if (level.any) out_ += ',';
        level.any = true;
    }
}

Writer& Writer::key(std::string_view name) {
    if (open_.empty() || open_.back().end != '}' || open_.back().keyed) std::abort();
    Level& level = open_.back();
    if (level.any) out_ += ',';
    level.any = true;
    level.keyed = true;
    append_quoted(out_, name);
    out_ += ':';
    return *this;
}

Writer& Writer::open(char begin, char end) {
    before_value();
    out_ += begin;
    open_.push_back({end});
    return *this;
}

Writer& Writer::close(char end) {
    if (open_.empty() || open_.back().end != end || open_.back().keyed) std::abort();
    open_.pop_back();
    out_ += end;
    return *this;
}

Writer& Writer::value(std::string_view text) {
    before_value();
    append_quoted(out_, text);
    return *this;
}

Writer& Writer::value(bool truth) {
    before_value();
    out_ += truth ? "true" : "false";
    return *this;
}

Writer& Writer::integer(std::int64_t number) {
    before_value();
    append_number(out_, number);
    return *this;
}

Writer& Writer::natural(std::uint64_t number) {
    before_value();
    append_number(out_, number);
    return *this;
}

Writer& Writer::value(double number) {
    if (!std::isfinite(number)) return null();
    before_value();
    append_number(out_, number);
    return *this;
}

Writer& Writer::null() {
    before_value();
    out_ += "null";
    return *this;
}

Writer& Writer::raw(std::string_view json) {
    before_value();
    out_ += json;
    return *this;
}

} // namespace oakum::json
