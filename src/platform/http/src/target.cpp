// SPDX-License-Identifier: Apache-2.0
#include <http/target.hpp>

#include <base/bytes.hpp>

namespace oakum::http {
namespace {

constexpr std::size_t kMaxParameters = 64;
constexpr std::size_t kMaxSegments = 64;

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum class Part { path, query };

base::Result<std::string> decode(std::string_view text, Part part) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return base::invalid("a malformed escape in the address");
            c = static_cast<char>(high * 16 + low);
            i += 2;
            if (part == Part::path && (c == '/' || c == '\\'))
                return base::invalid("an encoded slash or backslash in the path");
        } else if (part == Part::query && c == '+') {
            c = ' ';
        } else if (part == Part::path && c == '\\') {
            return base::invalid("a backslash in the path");
        }
        const auto byte = static_cast<unsigned char>(c);
        const bool control = byte < 0x20 || byte == 0x7f;
        if (byte == 0 || (part == Part::path && control))
            return base::invalid("a control character in the address");
        out += c;
    }
    if (!base::is_utf8(out)) return base::invalid("the address is not UTF-8");
    return out;
}

base::Result<std::string> normalise(std::string_view path) {
    std::vector<std::string_view> kept;
    bool folder = true; // the path ends with a slash
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        folder = segment.empty() || segment == "." || segment == "..";
        if (segment == "..") {
            if (kept.empty()) return base::invalid("the path climbs above its root");
            kept.pop_back();
        } else if (!folder) {
            kept.push_back(segment);
        }
        if (kept.size() > kMaxSegments) return base::invalid("the path has too many segments");
    }
    std::string out;
    for (const std::string_view segment : kept)
        out.append("/").append(segment);
    if (folder) out += '/';
    return out;
}

} // namespace

base::Result<Target> parse_target(std::string_view target) {
    if (!target.starts_with('/')) return base::invalid("the address does not begin with a slash");
    const std::size_t question = target.find('?');
    TRY_VALUE(const std::string decoded, decode(target.substr(0, question), Part::path));
    Target out;
    TRY_VALUE(out.path, normalise(decoded));
    if (question == std::string_view::npos) return out;

    std::string_view rest = target.substr(question + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        if (pair.empty()) continue;
        if (out.query.size() == kMaxParameters) return base::invalid("the address has too many parameters");
        const std::size_t equals = pair.find('=');
        TRY_VALUE(std::string name, decode(pair.substr(0, equals), Part::query));
        std::string value;
        if (equals != std::string_view::npos) {
            TRY_VALUE(value, decode(pair.substr(equals + 1), Part::query));
        }
        out.query.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

} // namespace oakum::http
