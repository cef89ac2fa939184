// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace oakum::exchange {

struct ByteRange {
    std::uint64_t offset = 0, length = 0;
};
enum class RangeKind { whole, part, unsatisfiable };
struct RangeAnswer {
    RangeKind kind = RangeKind::whole;
    ByteRange range;
};

// RFC 9110 14: one range in bytes ("bytes=5-", "bytes=5-9", "bytes=-4"). What is not understood or has
// several is the whole, as the RFC allows.
RangeAnswer read_range(std::string_view header, std::uint64_t length);

// Several ("bytes=0-1,5-9"), as they were asked for; those that cannot be satisfied are left out. Nothing
// when the header has one range only, is not understood, asks for more than `most`, overlaps or adds up to
// more than the file; empty when none can be satisfied.
inline constexpr std::size_t kMostRanges = 256;
std::optional<std::vector<ByteRange>> read_ranges(std::string_view header, std::uint64_t length);

} // namespace oakum::exchange
