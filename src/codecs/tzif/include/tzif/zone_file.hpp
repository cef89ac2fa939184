// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <schedule/zone.hpp>

namespace oakum::tzif {

inline constexpr std::size_t kMaxFile = 64 << 10, kMaxChanges = 2'000;
// The footer's rule is written out until the end of this year.
inline constexpr int kLastYear = 2100;

// Errors: invalid, too_large.
base::Result<schedule::ZoneRules> parse(std::string_view name, base::ByteView file);

} // namespace oakum::tzif
