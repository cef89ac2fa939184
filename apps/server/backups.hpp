// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <api/system_service.hpp>
#include <backup/schedule.hpp>
#include <backup/verify.hpp>
#include <base/digest.hpp>
#include <base/log.hpp>
#include <base/result.hpp>
#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>
#include <shard/jobs.hpp>
#include <sqlite/backup.hpp>

#include <filesystem>
#include <string>

namespace oakum::server {

// Makes the one file that makes this server again on an empty machine (docs/backup.md), while it runs: when a
// person asks, and by itself. Each is read back and looked at after it was made, and what became of it is
// kept beside it. Any thread.
class Backups {
  public:
    // `fingerprint`: of the CA, in hex; `seal`: of the key that seals the store's secrets. Reads what became
    // of the backups before; what an interrupted one left is removed.
    Backups(std::filesystem::path data, sqlite::StoreOptions store, std::string version,
            std::string fingerprint, base::Digest256 seal, const shard::ControlTables& control,
            ports::Clock& clock, base::LogSink& log);

    // Jobs of the kinds "backup" and "backup check", worked on one at a time on `copies`: they take as long
    // as the files are large.
    void register_jobs(shard::Jobs& jobs, ports::Executor& copies);
    // Queues one; `done` gets the job's id. Errors: denied, invalid (no file name), conflict (it is there
    // already).
    void enqueue(shard::Jobs& jobs, const access::Actor& actor, const std::string& name, bool with_files,
                 shard::Completion<std::string> done);
    // Queues a look at one that is there. Errors: denied, not_found.
    void enqueue_check(shard::Jobs& jobs, const access::Actor& actor, const std::string& name,
                       shard::Completion<std::string> done);
    // Blocks. Of a store that a newer version is about to migrate from this schema, for the older version to
    // go back to; of such backups the newest two are kept. Says what was written. Errors: as `make`.
    base::Result<std::string> make_before_upgrade(int schema);
    // Queues the server's own when it is due and no other is under way.
    void look(shard::Jobs& jobs);

    backup::Schedule schedule() const;
    std::vector<api::Backup> list() const; // newest first
    api::BackupSchedule schedule_view() const;
    // What somebody has to do soon.
    std::optional<std::string> warning() const;
    // When the newest sound one was made; nothing: none.
    std::optional<base::TimePoint> newest_verified() const;
    // Whether the newest attempt failed.
    bool failing() const;

  private:
    class Work;
    // Where backups are written.
    std::filesystem::path folder() const { return data_ / "backups"; }
    void settle();
    // Blocks for as long as it takes; says what was written. Errors: unavailable (the disk), corrupt.
    base::Result<std::string> make(const std::string& name, bool with_files);
    base::Result<std::string> write(const std::filesystem::path& file, bool with_files,
                                    backup::Attempt& attempt);
    base::Result<std::string> check(const std::string& name);
    base::Result<backup::Verified> read_back(const std::filesystem::path& file,
                                             const sqlite::BackupInfo* expected) const;
    void cancelled(const std::string& name);
    // Those that began before and that no job works on.
    void note_cancelled(base::TimePoint before);
    void remove_superfluous();
    // Keeps what became of one.
    void note(const backup::Attempt& attempt);
    void keep() REQUIRES(mutex_);

    const std::filesystem::path data_;
    const sqlite::StoreOptions store_;
    const std::string version_, fingerprint_;
    const base::Digest256 seal_;
    const shard::ControlTables& control_;
    ports::Clock& clock_;
    base::LogSink& log_;
    const base::TimePoint started_;
    mutable base::Mutex mutex_;
    backup::Record record_ GUARDED_BY(mutex_);
};

} // namespace oakum::server
