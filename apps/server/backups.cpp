// SPDX-License-Identifier: Apache-2.0
#include "backups.hpp"

#include <backup/archive.hpp>
#include <sqlite/backup.hpp>

namespace oakum::server {

// The store is copied first: what it names is then in the folder, since artifacts only ever come.
base::Status Backups::write(const std::filesystem::path& file, bool with_files) const {
    const std::filesystem::path copy = file.parent_path() / ("." + file.filename().string() + ".store");
    std::error_code error;
    std::filesystem::remove(copy, error); // left by a backup that was interrupted
    const auto copied = sqlite::backup(store_, copy);
    base::Status written;
    if (!copied.ok()) {
        written = copied.error();
    } else if (const auto size = backup::write(
                   data_, copy, {version_, fingerprint_, clock_.now(), copied->devices, with_files}, file);
               !size.ok()) {
        written = size.error();
    }
    std::filesystem::remove(copy, error);
    return written;
}

} // namespace oakum::server
