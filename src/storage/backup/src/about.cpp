// SPDX-License-Identifier: Apache-2.0
#include "form.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::backup {

namespace {

constexpr std::uint64_t kForm = 1;

bool is_plain(std::string_view name) {
    return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == '+';
    });
}

bool is_hex(std::string_view text, std::size_t length) {
    return text.size() == length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

bool is_part(std::string_view name) {
    if (name == kStore || name == kAdvisories) return true;
    for (const std::string_view folder : {"keys/online/", "keys/public/", "feeds/kept/"})
        if (name.starts_with(folder)) return is_plain(name.substr(folder.size()));
    if (!name.starts_with(kArtifacts)) return false;
    name.remove_prefix(kArtifacts.size());
    return name.size() == 65 && name[2] == '/' && is_hex(name.substr(0, 2), 2) && is_hex(name.substr(3), 62);
}

std::string to_text(const About& about) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("oakum_backup", kForm)
        .member("program", about.program)
        .member("server", about.server)
        .member("made", base::to_iso8601(about.made))
        .member("devices", about.devices)
        .member("with_files", about.with_files)
        .end_object();
    return text + "\n";
}

base::Result<About> about_from(std::string_view text) {
    const auto read = [&]() -> base::Result<About> {
        TRY_VALUE(const json::Value value, json::parse(text));
        TRY_VALUE(const auto form, value.uint_at("oakum_backup"));
        if (form != kForm)
            return base::conflict("it is of form " + std::to_string(form) +
                                  ": use the version of Oakum that made it, or a newer one");
        About about;
        TRY_VALUE(about.program, value.string_at("program"));
        TRY_VALUE(about.server, value.string_at("server"));
        TRY_VALUE(const std::string made, value.string_at("made"));
        TRY_VALUE(about.made, base::parse_time(made));
        TRY_VALUE(about.devices, value.uint_at("devices"));
        TRY_VALUE(about.with_files, value.bool_at("with_files"));
        return about;
    };
    auto about = read();
    if (!about.ok() && about.error().kind != base::ErrorKind::conflict)
        return base::corrupt("what it says of itself cannot be read: " + about.error().text());
    return about;
}

} // namespace oakum::backup
