// SPDX-License-Identifier: Apache-2.0
#include <exchange/range.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace oakum::exchange {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

RangeAnswer read_range(std::string_view header, std::uint64_t length) {
    const RangeAnswer whole{.kind = RangeKind::whole, .range = {.offset = 0, .length = length}};
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit)) return whole;
    header.remove_prefix(unit.size());
    const std::size_t dash = header.find('-');
    if (dash == std::string_view::npos) return whole;
    const std::string_view first = header.substr(0, dash), last = header.substr(dash + 1);
    if (first.empty()) {
        const auto tail = number(last);
        if (!tail) return whole;
        if (*tail == 0 || length == 0) return {.kind = RangeKind::unsatisfiable, .range = {}};
        const std::uint64_t kept = std::min(*tail, length);
        return {.kind = RangeKind::part, .range = {.offset = length - kept, .length = kept}};
    }
    const auto from = number(first);
    if (!from) return whole;
    std::uint64_t to = length == 0 ? 0 : length - 1;
    if (!last.empty()) {
        const auto named = number(last);
        if (!named || *named < *from) return whole;
        to = std::min(to, *named);
    }
    if (*from >= length) return {.kind = RangeKind::unsatisfiable, .range = {}};
    return {.kind = RangeKind::part, .range = {.offset = *from, .length = to - *from + 1}};
}

std::optional<std::vector<ByteRange>> read_ranges(std::string_view header, std::uint64_t length) {
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit) || header.find(',') == std::string_view::npos) return std::nullopt;
    header.remove_prefix(unit.size());
    std::vector<ByteRange> ranges;
    std::size_t asked = 0;
    std::uint64_t sum = 0;
    while (!header.empty()) {
        const std::size_t comma = std::min(header.find(','), header.size());
        std::string_view one = header.substr(0, comma);
        header.remove_prefix(std::min(comma + 1, header.size()));
        while (one.starts_with(' ') || one.starts_with('\t'))
            one.remove_prefix(1);
        while (one.ends_with(' ') || one.ends_with('\t'))
            one.remove_suffix(1);
        if (one.empty()) continue;
        if (++asked > kMostRanges) return std::nullopt;
        const RangeAnswer answer = read_range(std::string(unit).append(one), length);
        if (answer.kind == RangeKind::whole) return std::nullopt;
        if (answer.kind == RangeKind::unsatisfiable) continue;
        sum += answer.range.length;
        if (sum > length) return std::nullopt;
        ranges.push_back(answer.range);
    }
    if (asked < 2) return std::nullopt;
    std::vector<ByteRange> sorted = ranges;
    std::ranges::sort(sorted, {}, &ByteRange::offset);
    for (std::size_t i = 1; i < sorted.size(); ++i)
        if (sorted[i].offset < sorted[i - 1].offset + sorted[i - 1].length) return std::nullopt;
    return ranges;
}

} // namespace oakum::exchange
