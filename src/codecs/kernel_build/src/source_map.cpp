// SPDX-License-Identifier: Apache-2.0
#include "source_map.hpp"

#include "packed_map.hpp"

#include <compression/decompressor.hpp>

#include <cassert>

namespace oakum::kernel_build {
namespace {

// Calls with each part between separators until one says true.
bool any_part(std::string_view text, char separator, const std::function<bool(std::string_view)>& is) {
    while (true) {
        const auto end = text.find(separator);
        if (is(text.substr(0, end))) return true;
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end + 1);
    }
}

bool every_way_is_shut(std::string_view ways, const std::function<bool(std::string_view)>& is_off) {
    return !any_part(ways, '|', [&](std::string_view way) { return !any_part(way, '&', is_off); });
}

} // namespace

SourceMap::SourceMap(std::string text) : text_(std::move(text)) {
    std::string_view rest = text_;
    constexpr std::string_view head = "# Linux ";
    assert(rest.starts_with(head));
    stream_ = rest.substr(head.size(), rest.find('\n') - head.size());
    rest.remove_prefix(rest.find('\n') + 1);
    lines_.reserve(32'768);
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        const auto tab = line.find('\t');
        lines_.emplace(line.substr(0, tab), line.substr(tab + 1));
    }
}

const SourceMap& SourceMap::of_linux_6_1() {
    static const SourceMap map = [] {
        auto text = compression::decompress(packed_map(), {});
        assert(text.ok());
        return SourceMap(std::string(base::as_text(*text)));
    }();
    return map;
}

std::optional<std::string_view> SourceMap::ways(std::string_view source) const {
    const auto line = lines_.find(source);
    return line == lines_.end() ? std::nullopt : std::optional(line->second);
}

bool SourceMap::leaves_out(std::string_view source,
                           const std::function<bool(std::string_view)>& is_off) const {
    if (const auto own = ways(source)) {
        if (*own == "?") return false;
        if (every_way_is_shut(*own, is_off)) return true;
    }
    for (auto end = source.find('/'); end != std::string_view::npos; end = source.find('/', end + 1)) {
        const auto line = lines_.find(source.substr(0, end + 1));
        if (line != lines_.end() && every_way_is_shut(line->second, is_off)) return true;
    }
    return false;
}

} // namespace oakum::kernel_build
