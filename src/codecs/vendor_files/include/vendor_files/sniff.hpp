// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/file_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace oakum::vendor_files {

// The two ends of a file; of a short one both are the whole.
struct Ends {
    std::string_view beginning; // its first kBeginning bytes
    std::string_view end;       // its last kEnd bytes
    std::uint64_t length = 0;   // of the file
};
inline constexpr std::size_t kBeginning = 4096, kEnd = 16;

// What the file is by its bytes; `unknown` for what has no mark of its own. A Mender artifact is a tar
// archive here. Never fails: it is for files of which nothing is known.
intake::FileKind sniff(const Ends& ends);

} // namespace oakum::vendor_files
