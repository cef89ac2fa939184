// SPDX-License-Identifier: Apache-2.0
// What the server keeps: the store, artifacts, feeds and backups.
#include "house_parts.hpp"

#include <backup/restore.hpp>
#include <sqlite/schema.hpp>

namespace oakum::server {

namespace {

constexpr std::uint64_t kSkippedChanges = std::uint64_t{1} << 32;
constexpr std::uint64_t kLargestFeed = std::uint64_t{2} << 30;

} // namespace

base::Status House::Parts::open_store() {
    store.file = options.data / "oakum.db";
    TRY(system::make_private_folder(options.data / "backups"));
    backups = std::make_unique<Backups>(options.data, store, version, keys.authority.fingerprint().hex(),
                                        base::sha256(keys.seal_key), control, clock, log);
    TRY(back_up_before_migration());
    TRY(sqlite::prepare_store(store));
    engine = std::make_unique<system::ThreadExecutor>();
    background = std::make_unique<system::ThreadExecutor>();
    slow = std::make_unique<system::ThreadExecutor>();
    work = std::make_unique<system::ThreadExecutor>();
    care = std::make_unique<system::ThreadExecutor>();
    copies = std::make_unique<system::ThreadExecutor>();
    looks = std::make_unique<system::ThreadExecutor>();
    searches = std::make_unique<system::ThreadExecutor>();
    plays = std::make_unique<system::ThreadExecutor>();
    TRY_VALUE(journal, sqlite::SqliteJournal::open(store, *engine));
    // What was numbered after the backup was taken is another history: screens that saw it begin anew.
    if (backup::is_to_be_overtaken(options.data)) TRY(journal->skip_changes(kSkippedChanges));
    TRY_VALUE(loader, sqlite::SqliteLoader::open(store));
    history = std::make_unique<sqlite::SqliteHistory>(store);
    blobs::BlobOptions blob_options;
    blob_options.folder = options.data;
    TRY_VALUE(blobs, blobs::FileBlobs::open(blob_options));
    TRY_VALUE(feed_files, feed_files::FolderFeedFiles::open(options.data, kLargestFeed));
    return {};
}

// So that an upgrade can be undone: docs/operations.md.
base::Status House::Parts::back_up_before_migration() {
    TRY_VALUE(const int schema, sqlite::stored_schema(store));
    if (schema == 0 || schema >= sqlite::kNewestSchema || options.upgrade_without_backup) return {};
    const auto made = backups->make_before_upgrade(schema);
    if (!made.ok())
        return base::unavailable(
            "the store has schema " + std::to_string(schema) + " and this version takes it to " +
            std::to_string(sqlite::kNewestSchema) +
            "; nothing was changed, since the backup that would undo that could not be made: " +
            made.error().text() + "; see to it, or start once with --upgrade-without-backup");
    log.write(base::LogLevel::info, "server", "before the store is taken to a new schema: " + *made);
    return {};
}

} // namespace oakum::server
