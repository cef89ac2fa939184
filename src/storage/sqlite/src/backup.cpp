// SPDX-License-Identifier: Apache-2.0
#include <sqlite/backup.hpp>

#include "application.hpp"
#include "durable.hpp"
#include "store_connection.hpp"

#include <sqlite/schema.hpp>
#include <sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace oakum::sqlite {

namespace {

namespace fs = std::filesystem;

constexpr int kPagesAtOnce = 1024;

struct FinishBackup {
    void operator()(sqlite3_backup* copy) const { sqlite3_backup_finish(copy); }
};

// Removed in the end, whatever happened; what became a backup has another name by then.
class PartFile {
  public:
    explicit PartFile(fs::path path) : path_(std::move(path)) {}
    ~PartFile() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

base::Result<BackupInfo> inspect(Connection& connection, const fs::path& file) {
    TRY_VALUE(const std::int64_t application, connection.integer("PRAGMA application_id"));
    if (application != kApplicationId) return base::corrupt(file.string() + " is not a store of Oakum");
    TRY_VALUE(Statement check, connection.prepare("PRAGMA integrity_check(1)"));
    TRY_VALUE(const bool row, check.step());
    if (!row || check.text(0) != "ok")
        return base::corrupt(file.string() +
                             " is damaged: " + (row ? std::string(check.text(0)) : "no answer"));
    TRY(check.run());
    TRY_VALUE(Statement references, connection.prepare("PRAGMA foreign_key_check"));
    TRY_VALUE(const bool broken, references.step());
    if (broken)
        return base::corrupt(file.string() + " is damaged: " + std::string(references.text(0)) +
                             " lost its device");
    TRY(references.run());
    BackupInfo info;
    TRY_VALUE(const std::int64_t schema, connection.integer("SELECT max(number) FROM schema_migration"));
    TRY_VALUE(const std::int64_t change, connection.integer("SELECT change FROM store_counter"));
    TRY_VALUE(const std::int64_t devices, connection.integer("SELECT count(*) FROM device"));
    info.schema = static_cast<int>(schema);
    info.last_change = static_cast<std::uint64_t>(change);
    info.devices = static_cast<std::uint64_t>(devices);
    if (info.schema > kNewestSchema)
        return base::conflict(file.string() + " has schema " + std::to_string(info.schema) +
                              ", this version of Oakum knows up to " + std::to_string(kNewestSchema) +
                              ": use the version that made it");
    return info;
}

base::Status copy_pages(Connection& from, Connection& to, const BackupProgress& progress) {
    // A read transaction of the source's connection holds one moment still, so that writers never start the
    // copy anew.
    Transaction moment(from);
    TRY(moment.begin_read());
    TRY_VALUE(const std::int64_t unused, from.integer("SELECT change FROM store_counter"));
    (void)unused;
    const std::unique_ptr<sqlite3_backup, FinishBackup> copy(
        sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
    if (!copy) return to.error(sqlite3_errcode(to.handle()));
    for (;;) {
        const int code = sqlite3_backup_step(copy.get(), kPagesAtOnce);
        const int total = sqlite3_backup_pagecount(copy.get());
        if (progress)
            TRY(progress(static_cast<std::uint64_t>(total - sqlite3_backup_remaining(copy.get())),
                         static_cast<std::uint64_t>(total)));
        if (code == SQLITE_DONE) break;
        if (code != SQLITE_OK) return to.error(code);
    }
    return moment.commit();
}

base::Status refuse_existing(const fs::path& file) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(file, error)))
        return base::conflict(file.string() + " is there already: name a new file, or move that one away");
    return {};
}

base::Status rename_new(const fs::path& from, const fs::path& to) {
    // A link, unlike a rename, never replaces a file that appeared in between.
    if (::link(from.c_str(), to.c_str()) != 0) {
        const int error = errno;
        if (error == EEXIST) return refuse_existing(to);
        if (error != EPERM && error != EOPNOTSUPP && error != ENOSYS)
            return base::unavailable("naming " + to.string() + ": " + std::generic_category().message(error));
        TRY(refuse_existing(to));
        if (::rename(from.c_str(), to.c_str()) != 0)
            return base::unavailable("naming " + to.string() + ": " + std::generic_category().message(errno));
    } else if (::unlink(from.c_str()) != 0) {
        return base::unavailable("removing " + from.string() + ": " + std::generic_category().message(errno));
    }
    return sync_folder_of(to);
}

fs::path with_suffix(const fs::path& file, const char* suffix) {
    return fs::path(file.string() + suffix);
}

// The copy's connections write in rollback mode, so that the backup is one file and nothing beside it.
base::Result<BackupInfo> copy_store(const StoreOptions& store, const fs::path& part,
                                    const BackupProgress& progress) {
    TRY_VALUE(const std::unique_ptr<Connection> from, Connection::open(reader_options(store)));
    ConnectionOptions to_options;
    to_options.file = part;
    to_options.busy_timeout = store.busy_timeout;
    TRY_VALUE(std::unique_ptr<Connection> to, Connection::open(to_options));
    TRY(copy_pages(*from, *to, progress));
    TRY(to->execute("PRAGMA journal_mode = DELETE"));
    return inspect(*to, part);
}

} // namespace

base::Result<BackupInfo> backup(const StoreOptions& store, const fs::path& file,
                                const BackupProgress& progress) {
    TRY(refuse_existing(file));
    const PartFile unfinished(with_suffix(file, ".part"));
    std::error_code ignored;
    fs::remove(unfinished.path(), ignored); // left by a backup that was interrupted
    auto info = copy_store(store, unfinished.path(), progress);
    if (!info.ok()) return std::move(info.error()).wrap("writing the backup " + file.string());
    TRY(sync_file(unfinished.path()));
    TRY(rename_new(unfinished.path(), file));
    return info;
}

base::Result<BackupInfo> check_backup(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return base::not_found("there is no backup " + file.string());
    ConnectionOptions options;
    options.file = file;
    options.access = Access::read;
    TRY_VALUE(const std::unique_ptr<Connection> connection, Connection::open(options));
    return inspect(*connection, file);
}

} // namespace oakum::sqlite
