// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layout.hpp"

#include <version/version.hpp>

// Whether a version is among the rows that a rule or product names.
namespace oakum::advisory {

// Whether a readable range holds a version.
inline bool holds(const layout::Range& range, layout::Position at) {
    if (range.low_key != 0) {
        const auto low = layout::position_of(range.low_key);
        if (at < low || (at == low && (range.flags & layout::low_inclusive) == 0)) return false;
    }
    if (range.high_key != 0) {
        const auto high = layout::position_of(range.high_key);
        if (at > high || (at == high && (range.flags & layout::high_inclusive) == 0)) return false;
    }
    return true;
}

inline version::Scheme scheme_of(std::uint8_t value) {
    return value <= static_cast<std::uint8_t>(version::Scheme::generic) ? static_cast<version::Scheme>(value)
                                                                        : version::Scheme::generic;
}

inline bool is_at_fix(const layout::Range& range, layout::Position at) {
    return (range.flags & (layout::high_is_fix | layout::unreadable)) == layout::high_is_fix &&
           range.high_key != 0 && at >= layout::position_of(range.high_key);
}

// Among exact versions sorted by key: the row with this key, or no_row.
inline constexpr std::uint32_t no_row = 0xFFFFFFFFU;
inline std::uint32_t find_exact(const AdvisoryFile::Reader& reader, std::uint32_t first, std::uint32_t count,
                                layout::Position at) {
    if (at % 2 == 0 || at == layout::unordered) return no_row; // between two keys: nobody names it
    const auto place = at / 2 + 1;
    std::uint32_t low = 0;
    std::uint32_t high = count;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (reader.at<layout::Exact>(first + middle).key < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && reader.at<layout::Exact>(first + low).key == place ? first + low : no_row;
}

// Unordered versions can still be named: equal texts are equal versions. Those rows have key 0 and come
// first.
inline std::uint32_t find_text(const AdvisoryFile::Reader& reader, std::uint32_t first, std::uint32_t count,
                               std::string_view text) {
    for (std::uint32_t i = 0; i < count && reader.at<layout::Exact>(first + i).key == 0; ++i)
        if (reader.string(reader.at<layout::Exact>(first + i).text) == text) return first + i;
    return no_row;
}

} // namespace oakum::advisory
