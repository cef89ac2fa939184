// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vendor_files/read_at.hpp>

#include <string>
#include <vector>

namespace oakum::vendor_files {

// A SWUpdate archive: a cpio archive (newc, with or without sums) that begins with its description.
struct SwuArchive {
    struct Member {
        std::string name;
        std::uint64_t offset = 0, length = 0;
    };
    base::Bytes description, signature; // of sw-description; empty: none
    std::vector<Member> members;        // the others, in order
};
inline constexpr std::size_t kMostMembers = 256, kLongestMemberName = 255, kLargestDescription = 1 << 20;

// Nothing is unpacked. Errors: corrupt (cut, lengths that do not fit), invalid (two members of one name,
// something else than a regular file, bytes behind the end), too_large (too many members, a long name or
// description); those of the reading.
base::Result<SwuArchive> read_swu(const File& file);

// Whether the description names each member's SHA-256: then who signed it signed them too. Errors: invalid,
// with the member; those of the reading.
base::Status check_members(const SwuArchive& archive, const File& file);

} // namespace oakum::vendor_files
