// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <cstdint>
#include <functional>

namespace oakum::vendor_files {

// A file that somebody else reads: as many bytes from there as there are, at most so many. Errors:
// unavailable.
struct File {
    std::uint64_t length = 0;
    std::function<base::Result<base::Bytes>(std::uint64_t offset, std::size_t bytes)> read;
};

// All from there to there, in pieces. Errors: of the reading; corrupt (it ended before).
base::Status each_piece(const File& file, std::uint64_t from, std::uint64_t to,
                        const std::function<void(base::ByteView)>& take);
// Errors: also too_large (more than `most`).
base::Result<base::Bytes> read_all(const File& file, std::uint64_t from, std::uint64_t to, std::size_t most);

} // namespace oakum::vendor_files
