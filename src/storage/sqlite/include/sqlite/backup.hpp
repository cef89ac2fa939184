// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite/options.hpp>

#include <cstdint>
#include <functional>

namespace oakum::sqlite {

struct BackupInfo {
    int schema = 0;
    std::uint64_t last_change = 0;
    std::uint64_t devices = 0;
};

// Copies the store as it is at this moment into one new file, while others go on writing: FILE.part first,
// checked, synced, then renamed. `progress` is told pages done and pages in all; an error from it ends the
// backup. Errors: conflict (the file exists), unavailable (no room), corrupt (the copy does not pass its
// check).
using BackupProgress = std::function<base::Status(std::uint64_t done, std::uint64_t total)>;
base::Result<BackupInfo> backup(const StoreOptions& store, const std::filesystem::path& file,
                                const BackupProgress& progress = {});

// Reads the whole of a backup. Errors: not_found, corrupt, conflict (of a newer schema than this binary
// knows).
base::Result<BackupInfo> check_backup(const std::filesystem::path& file);

} // namespace oakum::sqlite
