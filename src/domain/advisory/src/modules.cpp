// SPDX-License-Identifier: Apache-2.0
#include "modules.hpp"

#include "names.hpp"

#include <algorithm>
#include <charconv>

namespace oakum::advisory {
namespace {

bool is_module_word(std::string_view word) {
    const auto colon = word.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < word.size() && word.size() <= 128 &&
           std::ranges::all_of(word, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view(":._+-").find(c) != std::string_view::npos;
           });
}

// "nodejs:12" of "nodejs:12:8060020220523160029:ad008a3a"
std::string_view label_of(std::string_view text) {
    const auto first = text.find(':');
    if (first == std::string_view::npos) return {};
    return text.substr(0, std::min(text.find(':', first + 1), text.size()));
}

bool is_numbers(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::uint64_t first_number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// A version "14.20.0" is of the stream "14". Another first number is another stream's; of what is above a
// stream with the same one it cannot be told, since a stream can go on under its first version's name.
Stream stream_by_version(std::string_view version, std::string_view stream) {
    if (!is_numbers(stream) || version.empty()) return Stream::unknown;
    if (version.starts_with(stream) &&
        (version.size() == stream.size() || version[stream.size()] == '.' || version[stream.size()] == '-'))
        return Stream::same;
    if (version.front() < '0' || version.front() > '9') return Stream::unknown;
    return first_number(version) != first_number(stream) ? Stream::other : Stream::unknown;
}

} // namespace

bool is_modular(std::string_view version) {
    return version.find(".module+") != std::string_view::npos ||
           version.find(".module_") != std::string_view::npos;
}

std::string modules_in(std::string_view title) {
    std::string lines = "\n";
    while (!title.empty()) {
        const auto end = std::min(title.find_first_of(" ,"), title.size());
        const auto word = title.substr(0, end);
        title.remove_prefix(std::min(end + 1, title.size()));
        if (is_module_word(word) && lines.size() < 1024) lines.append(word).append("\n");
    }
    return lines;
}

Stream stream_of(const component::Component& component, std::string_view version, std::string_view package,
                 std::string_view modules) {
    const auto purl = purl_of(component);
    std::string label;
    if (purl.ok())
        for (const std::string_view key : {"rpmmod", "modularitylabel"})
            if (label.empty()) label = label_of(purl->qualifier(key));
    if (!label.empty() && modules.size() > 1)
        return modules.find("\n" + label + "\n") != std::string_view::npos ? Stream::same : Stream::other;
    // What no module has built is in none.
    if (label.empty() && !is_modular(version))
        return version.find('-') == std::string_view::npos ? Stream::unknown : Stream::other;
    const auto named = std::string("\n").append(package).append(":");
    const auto at = modules.find(named);
    if (at == std::string_view::npos) return Stream::unknown;
    auto stream = modules.substr(at + named.size());
    stream = stream.substr(0, stream.find('\n'));
    if (const auto epoch = version.find(':'); epoch != std::string_view::npos)
        version.remove_prefix(epoch + 1);
    return stream_by_version(version, stream);
}

} // namespace oakum::advisory
