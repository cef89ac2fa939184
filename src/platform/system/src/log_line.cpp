// SPDX-License-Identifier: Apache-2.0
#include <system/log_line.hpp>

#include <base/bytes.hpp>

#include <sys/stat.h>

#include <cstdlib>

namespace oakum::system {
namespace {

constexpr std::size_t kMaxText = 8 * 1024;

std::string_view name_of(base::LogLevel level) {
    switch (level) {
    case base::LogLevel::debug:
        return "debug";
    case base::LogLevel::info:
        return "info";
    case base::LogLevel::warning:
        return "warning";
    case base::LogLevel::error:
        return "error";
    }
    return "error";
}

std::size_t length_of(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

// C0 and C1 controls, DEL, line separators, and the marks that turn the direction of text around.
bool steers(std::string_view character) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7f;
    if (character.size() == 2) return byte(0) == 0xc2 && byte(1) < 0xa0;
    if (character.size() != 3 || byte(0) != 0xe2) return false;
    if (byte(1) == 0x80) return byte(2) == 0x8e || byte(2) == 0x8f || (byte(2) >= 0xa8 && byte(2) <= 0xae);
    return byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
}

void append_escaped(std::string& out, std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    for (const char c : bytes) {
        if (c == '\n') {
            out += "\\n";
        } else {
            out += "\\x";
            out += kDigits[static_cast<unsigned char>(c) >> 4];
            out += kDigits[static_cast<unsigned char>(c) & 15];
        }
    }
}

// As syslog(3) counts them.
std::string_view priority_of(base::LogLevel level) {
    switch (level) {
    case base::LogLevel::debug:
        return "<7>";
    case base::LogLevel::info:
        return "<6>";
    case base::LogLevel::warning:
        return "<4>";
    case base::LogLevel::error:
        return "<3>";
    }
    return "<3>";
}

// Of what was escaped before: no control characters are left.
void append_json(std::string& out, std::string_view name, std::string_view text) {
    out.append(out.back() == '{' ? "\"" : ",\"").append(name).append("\":\"");
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

} // namespace

std::string escape_for_log(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (out.size() > kMaxText) return out + " [cut]";
        std::string_view character = text.substr(0, length_of(static_cast<unsigned char>(text.front())));
        if (!base::is_utf8(character)) {
            character = text.substr(0, 1);
            append_escaped(out, character);
        } else if (steers(character)) {
            append_escaped(out, character);
        } else {
            out += character;
        }
        text.remove_prefix(character.size());
    }
    return out;
}

std::string log_line(LogFormat format, LogPrefix prefix, base::TimePoint at, base::LogLevel level,
                     std::string_view area, std::string_view text) {
    std::string line(prefix == LogPrefix::priority ? priority_of(level) : "");
    if (format == LogFormat::json) {
        line += '{';
        append_json(line, "time", base::to_iso8601(at));
        append_json(line, "level", name_of(level));
        append_json(line, "area", escape_for_log(area));
        append_json(line, "text", escape_for_log(text));
        return line + "}\n";
    }
    line.append(base::to_iso8601(at)).append(" ").append(name_of(level)).append(" ");
    return line.append(escape_for_log(area)).append(": ").append(escape_for_log(text)).append("\n");
}

bool goes_to_journal(int descriptor) {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat out{};
    return stream != nullptr && ::fstat(descriptor, &out) == 0 &&
           stream == std::to_string(out.st_dev) + ":" + std::to_string(out.st_ino);
}

} // namespace oakum::system
