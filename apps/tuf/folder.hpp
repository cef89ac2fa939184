// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <system/file.hpp>
#include <trust/client.hpp>

#include <filesystem>

namespace oakum::tuf {

// What one client trusts, as files without version in their names, byte for byte as they were served:
// root.json, timestamp.json, snapshot.json, targets.json, and ROLE.json, percent-encoded. One process at a
// time.
class Folder {
  public:
    // Errors: conflict (another process works in it), denied, unavailable.
    static base::Result<Folder> open(const std::filesystem::path& path);

    // What is there. Of a great many delegated roles some may be left out: they are fetched again.
    base::Result<trust::Client::Stored> read() const;
    // Durable when it returns.
    base::Status apply(const trust::Effects& effects) const;
    const std::filesystem::path& path() const { return path_; }

  private:
    Folder(std::filesystem::path path, system::FileLock lock)
        : path_(std::move(path)), lock_(std::move(lock)) {}
    std::filesystem::path path_;
    system::FileLock lock_;
};

} // namespace oakum::tuf
