// SPDX-License-Identifier: Apache-2.0
#include <sqlite/survey.hpp>

#include "store_connection.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace oakum::sqlite {

namespace {

base::TimePoint time_of(const Statement& row, int column) {
    return base::from_unix_ms(row.integer(column));
}

base::Status count_rows(Connection& connection, Survey& out) {
    TRY_VALUE(Statement tables, connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                                                   "name NOT LIKE 'sqlite%' ORDER BY name"));
    std::vector<std::string> names;
    for (;;) {
        TRY_VALUE(const bool row, tables.step());
        if (!row) break;
        names.emplace_back(tables.text(0));
    }
    for (const std::string& name : names) {
        // Names of our own schema: nothing to escape.
        TRY_VALUE(const std::int64_t rows,
                  connection.integer("SELECT count(*) FROM (SELECT 1 FROM " + name + " LIMIT " +
                                     std::to_string(Survey::kMost) + ")"));
        out.rows[name] = static_cast<std::uint64_t>(rows);
    }
    return {};
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 20 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

base::Result<Survey> survey(const StoreOptions& store) {
    TRY_VALUE(const std::unique_ptr<Connection> connection, Connection::open(reader_options(store)));
    Survey out;
    out.library = sqlite3_libversion();
    TRY_VALUE(Statement migrations,
              connection->prepare("SELECT name, applied_at FROM schema_migration ORDER BY number"));
    for (;;) {
        TRY_VALUE(const bool row, migrations.step());
        if (!row) break;
        out.migrations.push_back({std::string(migrations.text(0)), time_of(migrations, 1)});
    }
    TRY_VALUE(Statement settings, connection->prepare("SELECT name, body FROM document WHERE name LIKE "
                                                      "'setting/%' ORDER BY tenant, name"));
    for (;;) {
        TRY_VALUE(const bool row, settings.step());
        if (!row) break;
        const std::string_view body = settings.text(1);
        out.settings[std::string(settings.text(0).substr(8))] =
            is_number(body) ? std::string(body) : "set, " + std::to_string(body.size()) + " bytes";
    }
    TRY_VALUE(Statement feeds,
              connection->prepare(
                  "SELECT name, imported, newest, accepted, rejected FROM feed ORDER BY tenant, name"));
    for (;;) {
        TRY_VALUE(const bool row, feeds.step());
        if (!row) break;
        out.feeds.push_back({std::string(feeds.text(0)), time_of(feeds, 1), time_of(feeds, 2),
                             static_cast<std::uint64_t>(feeds.integer(3)),
                             static_cast<std::uint64_t>(feeds.integer(4))});
    }
    TRY(count_rows(*connection, out));
    return out;
}

} // namespace oakum::sqlite
