// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <base/result.hpp>
#include <ports/clock.hpp>
#include <shard/jobs.hpp>
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

    // Where backups are written.
    std::filesystem::path folder() const { return data_ / "backups"; }
    // Jobs of the kind "backup", written one at a time on `copies`: a backup takes as long as its files are
    // large.
    void register_jobs(shard::Jobs& jobs, ports::Executor& copies);
    // Queues one; `done` gets the job's id. Errors: denied, invalid (no file name), conflict (it is there
    // already).
    void enqueue(shard::Jobs& jobs, const access::Actor& actor, const std::string& name, bool with_files,
                 shard::Completion<std::string> done) const;

  private:
    class Work;
    // Blocks for as long as it takes; says what was written. Errors: unavailable (the disk).
    base::Result<std::string> write(const std::filesystem::path& file, bool with_files) const;

    std::filesystem::path data_;
    sqlite::StoreOptions store_;
    std::string version_, fingerprint_;
    ports::Clock& clock_;
};

} // namespace oakum::server
