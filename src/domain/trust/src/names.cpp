// SPDX-License-Identifier: Apache-2.0
#include <trust/names.hpp>

#include <base/bytes.hpp>
#include <base/percent.hpp>
#include <trust/limits.hpp>

namespace oakum::trust {
namespace {

using base::invalid;
using base::Status;

} // namespace

std::string escape_role(std::string_view role) {
    return base::percent_encoded(role);
}

std::string escape_path(std::string_view path) {
    std::string out;
    for (;;) {
        const auto slash = path.find('/');
        out += base::percent_encoded(path.substr(0, slash));
        if (slash == std::string_view::npos) return out;
        out += '/';
        path.remove_prefix(slash + 1);
    }
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

std::string served_target(std::string_view path, std::string_view hash) {
    const auto slash = path.rfind('/');
    const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
    return std::string(path.substr(0, name)) + std::string(hash) + "." + std::string(path.substr(name));
}

} // namespace oakum::trust
