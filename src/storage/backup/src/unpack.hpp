// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/archive.hpp>

namespace oakum::backup {

// Writes what a backup holds into a new folder, every file synced, and checks all of it against its sums.
// Errors: not_found, corrupt, conflict (of a newer form), unavailable; what was written stays for the caller
// to remove.
base::Result<About> unpack(const std::filesystem::path& file, const std::filesystem::path& folder);

} // namespace oakum::backup
