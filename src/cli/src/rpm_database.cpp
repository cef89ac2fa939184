// SPDX-License-Identifier: Apache-2.0
#include "rpm_database.hpp"

#include "scan_report.hpp"

#include <filesystem>
#include <memory>
#include <sqlite3.h>

namespace oakum::cli {
namespace {

constexpr std::uintmax_t largest_file = 1ULL << 30;
constexpr int largest_header = 64 << 20;
constexpr int most_steps = 1000; // of a million instructions of SQLite's each

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Query = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

base::Error wrong(sqlite3* database) {
    return base::corrupt(std::string("SQLite says ").append(sqlite3_errmsg(database)));
}

// As it stands, without the journals beside it and without writing any.
base::Result<Database> open_as_it_stands(const std::string& path) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(path, failed);
    if (failed) return base::unavailable(failed.message());
    if (size > largest_file) return base::too_large("it is larger than 1 GiB");
    for (const char* beside : {"-wal", "-journal"})
        if (const auto left = std::filesystem::file_size(path + beside, failed); !failed && left > 0)
            return base::conflict(std::string("what was last changed stands in rpmdb.sqlite").append(beside));
    sqlite3* raw = nullptr;
    const std::string uri = "file:" + uri_of(path) + "?immutable=1";
    const int opened = sqlite3_open_v2(uri.c_str(), &raw, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
    Database database(raw, &sqlite3_close);
    if (opened != SQLITE_OK) return wrong(raw);
    sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, largest_header);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return database;
}

base::Result<Query> prepare(sqlite3* database, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &raw, nullptr) != SQLITE_OK) return wrong(database);
    return Query(raw, &sqlite3_finalize);
}

// A view or a virtual table of that name could be anything.
base::Status has_table(sqlite3* database) {
    TRY_VALUE(const Query query,
              prepare(database, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = "
                                "'Packages' AND sql NOT LIKE 'CREATE VIRTUAL%'"));
    const int stepped = sqlite3_step(query.get());
    if (stepped == SQLITE_DONE) return base::corrupt("it has no table of packages");
    return stepped == SQLITE_ROW ? base::Status() : wrong(database);
}

} // namespace

base::Result<std::vector<component::Component>> read_rpm_database(const std::string& path,
                                                                  const packages::OsRelease& system) {
    TRY_VALUE(const Database database, open_as_it_stands(path));
    int left = most_steps;
    sqlite3_progress_handler(
        database.get(), 1'000'000, [](void* steps) { return --*static_cast<int*>(steps) < 0 ? 1 : 0; },
        &left);
    TRY(has_table(database.get()));
    TRY_VALUE(const Query query, prepare(database.get(), "SELECT blob FROM Packages ORDER BY hnum"));
    std::vector<component::Component> found;
    int stepped = sqlite3_step(query.get());
    for (; stepped == SQLITE_ROW; stepped = sqlite3_step(query.get())) {
        if (found.size() == packages::most_packages) return base::too_large("it has too many packages");
        const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(query.get(), 0));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(query.get(), 0));
        TRY_VALUE(auto package,
                  packages::read_rpm(base::ByteView(bytes, bytes == nullptr ? 0 : size), system));
        if (package) found.push_back(*std::move(package));
    }
    if (stepped != SQLITE_DONE) return wrong(database.get());
    return found;
}

} // namespace oakum::cli
