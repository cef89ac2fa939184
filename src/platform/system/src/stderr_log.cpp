// SPDX-License-Identifier: Apache-2.0
#include <system/stderr_log.hpp>

#include <base/bytes.hpp>

#include <unistd.h>

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

void StderrLog::write(base::LogLevel level, std::string_view area, std::string_view text) {
    if (level < least_) return;
    std::string line = base::to_iso8601(clock_.now());
    line.append(" ").append(name_of(level)).append(" ").append(escape_for_log(area));
    line.append(": ").append(escape_for_log(text)).append("\n");
    // One call, so that lines of several threads do not mix. A log that cannot be written has nowhere to say
    // so.
    if (::write(descriptor_, line.data(), line.size()) < 0) return;
}

} // namespace oakum::system
