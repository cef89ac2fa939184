// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/archive.hpp>

#include <functional>

namespace oakum::backup {

struct Verified {
    About about;
    std::uint64_t bytes = 0;
    std::uint64_t artifacts = 0, damaged_artifacts = 0; // damaged: it does not have the bytes of its name
};

// Looks at the store and the keys of a backup, unpacked into a folder for this.
using CheckParts = std::function<base::Status(const std::filesystem::path& folder, const About& about)>;

// Reads a backup as a restore would: every byte of it against its sums, store and keys unpacked into
// `scratch` (made for this, removed whatever happens; room for the store is all that it takes) and looked at.
// Errors: not_found, corrupt, conflict (of a newer form), unavailable (it could not be looked at), and what
// the check says.
base::Result<Verified> verify(const std::filesystem::path& file, const std::filesystem::path& scratch,
                              const CheckParts& check);

} // namespace oakum::backup
