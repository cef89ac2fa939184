// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <ports/clock.hpp>
#include <sqlite/options.hpp>

#include <filesystem>
#include <string>

namespace oakum::server {

// Writes the one file that makes this server again on an empty machine (docs/backup.md), while it runs.
class Backups {
  public:
    // `fingerprint`: of the CA, in hex.
    Backups(std::filesystem::path data, sqlite::StoreOptions store, std::string version,
            std::string fingerprint, ports::Clock& clock)
        : data_(std::move(data)), store_(std::move(store)), version_(std::move(version)),
          fingerprint_(std::move(fingerprint)), clock_(clock) {}

    // Blocks for as long as it takes. Errors: unavailable (the disk), conflict (the file is there).
    base::Status write(const std::filesystem::path& file, bool with_files) const;

  private:
    std::filesystem::path data_;
    sqlite::StoreOptions store_;
    std::string version_, fingerprint_;
    ports::Clock& clock_;
};

} // namespace oakum::server
