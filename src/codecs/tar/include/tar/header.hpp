// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace oakum::tar {

inline constexpr std::size_t kBlock = 512;
using Block = std::array<std::uint8_t, kBlock>;

// A regular file of an archive; its bytes follow, filled up with zeros to whole blocks.
struct Header {
    std::string name; // relative, parts separated by '/'
    std::uint64_t size = 0;
    base::TimePoint changed{};

    friend bool operator==(const Header&, const Header&) = default;
};

// Readable by the owner alone. Errors: invalid (empty, or its last part is longer than 100 bytes, or what
// stands before it longer than 155).
base::Result<Block> to_block(const Header& header);
// Nothing for a block of zeros, two of which end an archive. Errors: corrupt (no header, a wrong checksum, or
// of something else than a regular file).
base::Result<std::optional<Header>> from_block(const Block& block);

// How many bytes of zeros follow a file of this size.
constexpr std::size_t filling(std::uint64_t size) {
    return static_cast<std::size_t>((kBlock - size % kBlock) % kBlock);
}

struct Entry {
    std::string name, content;
};
// A whole archive in memory. Errors: as to_block.
base::Result<std::string> archive(std::span<const Entry> entries, base::TimePoint changed);

} // namespace oakum::tar
