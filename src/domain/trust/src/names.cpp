// SPDX-License-Identifier: Apache-2.0
#include <trust/names.hpp>

#include <base/bytes.hpp>
#include <trust/limits.hpp>

namespace oakum::trust {
namespace {

using base::invalid;
using base::Status;

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

} // namespace

std::string escape_role(std::string_view role) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    out.reserve(role.size());
    for (const char c : role) {
        if (unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
    return out;
}

std::string local_name(std::string_view role) {
    return escape_role(role) + ".json";
}

std::string served_name(std::string_view role, std::uint64_t version) {
    return std::to_string(version) + "." + local_name(role);
}

Status check_target_path(std::string_view path) {
    if (path.empty() || path.size() > limits::name_bytes)
        return invalid("a target path has 1 to " + std::to_string(limits::name_bytes) + " bytes");
    if (!base::is_utf8(path)) return invalid("a target path is UTF-8");
    for (const char c : path)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\')
            return invalid("a target path has no control character and no '\\'");
    for (std::string_view rest = path;;) {
        const auto slash = rest.find('/');
        const std::string_view segment = rest.substr(0, slash);
        if (segment.empty() || segment == "." || segment == "..")
            return invalid("a target path is relative, without empty, \".\" or \"..\" segments: \"" +
                           std::string(path.substr(0, 80)) + "\"");
        if (slash == std::string_view::npos) return {};
        rest.remove_prefix(slash + 1);
    }
}

std::string served_target(std::string_view path, const base::Digest256& digest) {
    const auto slash = path.rfind('/');
    const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
    return std::string(path.substr(0, name)) + digest.hex() + "." + std::string(path.substr(name));
}

} // namespace oakum::trust
