// SPDX-License-Identifier: Apache-2.0
#include "range.hpp"

#include <algorithm>
#include <charconv>

namespace oakum::native {
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

} // namespace oakum::native
