// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

// What the readers of statements share.
namespace oakum::advisory {

// The place that the next row gets.
template <class Rows> std::uint32_t next(const Rows& rows) {
    return static_cast<std::uint32_t>(rows.size());
}

// How sources write "from the first version on".
inline bool is_zero_or_open(std::string_view text) {
    for (std::string_view open : {"", "0", "*", "-", "unspecified", "n/a", "0.0", "0.0.0"})
        if (text == open) return true;
    return false;
}

} // namespace oakum::advisory
