// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/verify.hpp>

#include <functional>
#include <string_view>

namespace oakum::backup {

// Which parts are written; the others are only read and checked.
using Keep = std::function<bool(std::string_view part)>;

// Writes what a backup holds into a new folder, every file synced, and checks all of it against its sums.
// Errors: not_found, corrupt, conflict (of a newer form), unavailable; what was written stays for the caller
// to remove.
base::Result<Verified> unpack(const std::filesystem::path& file, const std::filesystem::path& folder,
                              const Keep& keep);

} // namespace oakum::backup
