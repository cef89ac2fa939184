// SPDX-License-Identifier: Apache-2.0
#include <component/purl.hpp>

#include <base/bytes.hpp>

#include <algorithm>
#include <array>

namespace oakum::component {
namespace {

constexpr std::size_t longest_purl = 1024;

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), to_lower);
    return out;
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

base::Result<std::string> decode(std::string_view text, std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return base::invalid("a % without two hexadecimal digits").at(part);
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    const bool control =
        std::any_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (control || !base::is_utf8(out))
        return base::invalid("control characters or bytes that are no UTF-8").at(part);
    return out;
}

void encode(std::string& out, std::string_view text, std::string_view kept) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char c : text) {
        if (is_alphanumeric(c) || std::string_view(".-_~").find(c) != std::string_view::npos ||
            kept.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
}

std::string_view trim_slashes(std::string_view text) {
    while (!text.empty() && text.front() == '/')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == '/')
        text.remove_suffix(1);
    return text;
}

// "a//b/" is a/b, each segment decoded on its own; a segment that hides a slash is refused.
base::Result<std::string> decode_segments(std::string_view text, std::string_view part, bool drop_dots) {
    std::string out;
    while (!text.empty()) {
        const auto slash = text.find('/');
        TRY_VALUE(const std::string segment, decode(text.substr(0, slash), part));
        if (segment.find('/') != std::string::npos)
            return base::invalid("a segment with a slash in it").at(part);
        if (!segment.empty() && !(drop_dots && (segment == "." || segment == ".."))) {
            if (!out.empty()) out += '/';
            out += segment;
        }
        text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
    }
    return out;
}

base::Result<std::string> read_type(std::string_view text) {
    const bool fits = !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
                      std::all_of(text.begin(), text.end(), [](char c) {
                          return is_alphanumeric(c) || c == '.' || c == '-' || c == '+';
                      });
    if (!fits)
        return base::invalid("a type is letters, digits, '.', '-', '+', and begins with no digit").at("type");
    return lower(text);
}

base::Status read_qualifiers(std::string_view text, std::vector<std::pair<std::string, std::string>>& out) {
    while (!text.empty()) {
        const auto amp = text.find('&');
        const auto item = text.substr(0, amp);
        text = amp == std::string_view::npos ? std::string_view() : text.substr(amp + 1);
        const auto equals = item.find('=');
        if (item.empty()) continue;
        if (equals == std::string_view::npos || equals == 0)
            return base::invalid("a qualifier is key=value").at("qualifiers");
        const auto key = lower(item.substr(0, equals));
        for (char c : key)
            if (!is_alphanumeric(c) && c != '.' && c != '-' && c != '_')
                return base::invalid("a key is letters, digits, '.', '-' and '_'").at("qualifiers");
        TRY_VALUE(std::string value, decode(item.substr(equals + 1), "qualifiers"));
        if (!value.empty()) out.emplace_back(key, std::move(value));
    }
    std::sort(out.begin(), out.end());
    const auto twice = std::adjacent_find(out.begin(), out.end(),
                                          [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != out.end())
        return base::invalid("the key " + twice->first + " is there twice").at("qualifiers");
    return {};
}

bool lower_name_space(std::string_view type) {
    for (std::string_view t :
         {"apk", "alpm", "bitbucket", "composer", "deb", "github", "gitlab", "golang", "hex", "npm", "rpm"})
        if (t == type) return true;
    return false;
}

// Types whose names the specification has in lower case; all others tell "Cairo" from "cairo".
constexpr std::array case_blind{
    std::string_view("alpine"),    std::string_view("alpm"),    std::string_view("apk"),
    std::string_view("bitbucket"), std::string_view("bitnami"), std::string_view("composer"),
    std::string_view("deb"),       std::string_view("github"),  std::string_view("gitlab"),
    std::string_view("golang"),    std::string_view("hex"),     std::string_view("luarocks"),
    std::string_view("npm"),       std::string_view("oci"),     std::string_view("pub"),
    std::string_view("pypi")};

} // namespace

std::string normalised_name(std::string_view purl_type, std::string_view name) {
    if (std::ranges::find(case_blind, purl_type) == case_blind.end()) return std::string(name);
    std::string out = lower(name);
    if (purl_type != "pypi") return out;
    // PEP 503: runs of -, _ and . are one hyphen.
    std::string folded;
    for (char c : out) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (separator && !folded.empty() && folded.back() == '-') continue;
        folded += separator ? '-' : c;
    }
    return folded;
}

base::Result<Purl> Purl::parse(std::string_view text) {
    if (text.size() > longest_purl) return base::too_large("a package URL of more than 1024 bytes");
    if (lower(text.substr(0, 4)) != "pkg:") return base::invalid("a package URL begins with pkg:");
    text.remove_prefix(4);
    Purl purl;
    if (const auto hash = text.rfind('#'); hash != std::string_view::npos) {
        TRY_VALUE(purl.subpath, decode_segments(text.substr(hash + 1), "subpath", true));
        text = text.substr(0, hash);
    }
    if (const auto question = text.rfind('?'); question != std::string_view::npos) {
        TRY(read_qualifiers(text.substr(question + 1), purl.qualifiers));
        text = text.substr(0, question);
    }
    text = trim_slashes(text);
    const auto slash = text.find('/');
    if (slash == std::string_view::npos)
        return base::invalid("a package URL has a type and a name").at("name");
    TRY_VALUE(purl.type, read_type(text.substr(0, slash)));
    text = trim_slashes(text.substr(slash + 1));
    // The version follows the last @ of the last segment; an npm scope's @ stands before a slash.
    const auto last_slash = text.rfind('/');
    const auto at = text.rfind('@');
    const bool has_version =
        at != std::string_view::npos && at != 0 && (last_slash == std::string_view::npos || at > last_slash);
    if (has_version) {
        TRY_VALUE(purl.version, decode(text.substr(at + 1), "version"));
        text = trim_slashes(text.substr(0, at));
    }
    const auto name_at = text.rfind('/');
    if (name_at != std::string_view::npos) {
        TRY_VALUE(purl.name_space, decode_segments(text.substr(0, name_at), "namespace", false));
        text = text.substr(name_at + 1);
    }
    TRY_VALUE(const std::string name, decode(text, "name"));
    if (name.empty()) return base::invalid("a package URL has a name").at("name");
    purl.name = normalised_name(purl.type, name);
    if (lower_name_space(purl.type)) purl.name_space = lower(purl.name_space);
    return purl;
}

std::string Purl::text() const {
    std::string out = "pkg:" + type + "/";
    if (!name_space.empty()) {
        encode(out, name_space, "/");
        out += '/';
    }
    encode(out, name, ":");
    if (!version.empty()) {
        out += '@';
        encode(out, version, ":");
    }
    char separator = '?';
    for (const auto& [key, value] : qualifiers) {
        out += separator;
        out += key;
        out += '=';
        encode(out, value, ":/");
        separator = '&';
    }
    if (!subpath.empty()) {
        out += '#';
        encode(out, subpath, "/:");
    }
    return out;
}

std::string_view Purl::qualifier(std::string_view key) const {
    for (const auto& [name_, value] : qualifiers)
        if (name_ == key) return value;
    return {};
}

std::string Purl::full_name() const {
    if (name_space.empty()) return name;
    return name_space + (type == "maven" ? ":" : "/") + name;
}

} // namespace oakum::component
