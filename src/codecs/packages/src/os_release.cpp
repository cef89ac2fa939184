// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

#include <packages/os_release.hpp>

namespace oakum::packages {
namespace {

constexpr std::size_t kLongest = 200;

// Without its quotes, and the backslashes before what a shell would read.
std::string plain(std::string_view value) {
    if (value.ends_with('\r')) value.remove_suffix(1);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
        value = value.substr(1, value.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < value.size() && out.size() < kLongest; ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        out += value[i];
    }
    return out;
}

} // namespace

OsRelease read_os_release(std::string_view text) {
    OsRelease out;
    Lines lines(text);
    while (const auto line = lines.next()) {
        const std::size_t equals = line->find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = line->substr(0, equals);
        std::string* const into = key == "ID"            ? &out.id
                                  : key == "VERSION_ID"  ? &out.version_id
                                  : key == "PRETTY_NAME" ? &out.pretty_name
                                                         : nullptr;
        if (into != nullptr) *into = plain(line->substr(equals + 1));
    }
    return out;
}

} // namespace oakum::packages
