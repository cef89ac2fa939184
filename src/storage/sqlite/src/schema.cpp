// SPDX-License-Identifier: Apache-2.0
#include <sqlite/schema.hpp>

#include "application.hpp"
#include "store_connection.hpp"

#include <base/digest.hpp>

#include <string>

namespace oakum::sqlite {

namespace {

base::Status check_application(Connection& connection, const std::filesystem::path& file) {
    TRY_VALUE(const std::int64_t application, connection.integer("PRAGMA application_id"));
    if (application == kApplicationId) return {};
    TRY_VALUE(const std::int64_t tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
    if (application != 0 || tables != 0)
        return base::corrupt(file.string() + " is a database of another program: name a folder of Oakum's");
    return {};
}

// The number of the newest migration that the file has had; checks that they are those that this binary
// knows.
base::Result<int> applied(Connection& connection, std::span<const Migration> known, int oldest) {
    TRY_VALUE(Statement rows,
              connection.prepare("SELECT number, name, digest FROM schema_migration ORDER BY number"));
    int newest = 0;
    for (;;) {
        TRY_VALUE(const bool row, rows.step());
        if (!row) break;
        const auto number = static_cast<int>(rows.integer(0));
        if (number != newest + 1)
            return base::corrupt("the store lacks the record of migration " + std::to_string(newest + 1));
        newest = number;
        if (static_cast<std::size_t>(number) > known.size()) continue;
        const auto& migration = known[static_cast<std::size_t>(number) - 1];
        const auto digest = rows.blob(2);
        const auto expected = base::sha256(migration.sql);
        if (rows.text(1) != migration.name || base::as_text(digest) != base::as_text(expected.bytes))
            return base::corrupt("migration " + std::string(migration.name) +
                                 " of this version of Oakum is not the one that made the store (" +
                                 std::string(rows.text(1)) + ")");
    }
    const auto newest_known = static_cast<int>(known.size());
    if (newest > newest_known)
        return base::conflict("the store has schema " + std::to_string(newest) +
                              ", this version of Oakum runs on " + std::to_string(oldest) + " to " +
                              std::to_string(newest_known) +
                              ": start the newer version that was running before, or go back to what was "
                              "before it: oakumd --restore "
                              "with the newest before-upgrade-* in the folder of backups");
    if (newest != 0 && newest < oldest)
        return base::conflict("the store has schema " + std::to_string(newest) +
                              ", this version of Oakum starts from " + std::to_string(oldest) +
                              ": first start a version between the two");
    return newest;
}

base::Status apply(Connection& connection, const Migration& migration) {
    TRY(connection.execute(std::string(migration.sql).c_str()));
    TRY_VALUE(Statement record,
              connection.prepare(
                  "INSERT INTO schema_migration (number, name, digest, applied_at) "
                  "VALUES (?1, ?2, ?3, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))"));
    const auto digest = base::sha256(migration.sql);
    record.bind(1, std::int64_t{migration.number});
    record.bind(2, migration.name);
    record.bind(3, base::ByteView(digest.bytes));
    return record.run();
}

} // namespace

base::Result<int> stored_schema(const StoreOptions& options) {
    std::error_code error;
    if (!std::filesystem::exists(options.file, error)) return 0;
    // To write: a store that was killed is put right before it is read.
    TRY_VALUE(const std::unique_ptr<Connection> connection, Connection::open(writer_options(options)));
    TRY(check_application(*connection, options.file));
    TRY_VALUE(const std::int64_t made,
              connection->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'"));
    if (made == 0) return 0;
    TRY_VALUE(const std::int64_t schema,
              connection->integer("SELECT coalesce(max(number), 0) FROM schema_migration"));
    return static_cast<int>(schema);
}

base::Status prepare_store(const StoreOptions& options) {
    return prepare_store(options, migrations(), kOldestSchema);
}

base::Status prepare_store(const StoreOptions& options, std::span<const Migration> known, int oldest) {
    TRY_VALUE(const std::unique_ptr<Connection> connection, Connection::open(writer_options(options)));
    TRY(check_application(*connection, options.file));
    TRY(connection->execute("PRAGMA journal_mode = WAL"));
    for (;;) {
        Transaction transaction(*connection);
        TRY(transaction.begin_write());
        TRY(connection->execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER NOT NULL PRIMARY KEY, name "
            "TEXT NOT NULL, digest BLOB NOT NULL, applied_at INTEGER NOT NULL) STRICT"));
        TRY_VALUE(const int number, applied(*connection, known, oldest));
        if (static_cast<std::size_t>(number) == known.size()) return {};
        const auto& migration = known[static_cast<std::size_t>(number)];
        if (auto status = apply(*connection, migration); !status.ok())
            return std::move(status.error()).wrap("migrating the store to " + std::string(migration.name));
        TRY(connection->execute(("PRAGMA application_id = " + std::to_string(kApplicationId)).c_str()));
        TRY(transaction.commit());
    }
}

} // namespace oakum::sqlite
