// SPDX-License-Identifier: Apache-2.0
#include "row_writer.hpp"

#include "columns.hpp"
#include "tables.hpp"

#include <device/ids.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <tuple>

namespace oakum::sqlite {

namespace {

// Where a field of the row is bound: the same number in each statement of its table.
template <class Row> std::string parameter(const std::string& column) {
    int number = 1;
    for (const auto& names : {place_columns<Row>(), key_columns<Row>(), rest_columns<Row>()})
        for (const auto& name : names) {
            if (name == column) return "?" + std::to_string(number);
            ++number;
        }
    return "?";
}

template <class Row> std::vector<std::string> equalities(const std::vector<std::string>& columns) {
    std::vector<std::string> out;
    for (const auto& column : columns)
        out.push_back(column + " = " + parameter<Row>(column));
    return out;
}

template <class Row> std::vector<std::string> identity() {
    auto columns = place_columns<Row>();
    for (auto& name : key_columns<Row>())
        columns.push_back(std::move(name));
    return columns;
}

// Of rest_columns, those that stand in an index of the table beside its key.
template <class Row> inline constexpr std::array<const char*, 0> kIndexedColumns{};
template <>
inline constexpr std::array<const char*, 2> kIndexedColumns<ports::DeploymentRow>{"rollout", "offered_at"};

template <class Row> int column_count() {
    return static_cast<int>(identity<Row>().size() + rest_columns<Row>().size());
}

template <class Row> std::string insert_sql(std::optional<std::string> extra_column = {}) {
    auto columns = identity<Row>();
    for (auto& name : rest_columns<Row>())
        columns.push_back(std::move(name));
    std::vector<std::string> values;
    for (const auto& name : columns)
        values.push_back(parameter<Row>(name));
    if (extra_column) {
        columns.push_back(*extra_column);
        values.push_back("?" + std::to_string(columns.size()));
    }
    return std::string("INSERT INTO ") + Table<Row>::name + " (" + join(columns, ", ") + ") VALUES (" +
           join(values, ", ") + ")";
}

template <class Row> std::string upsert_sql() {
    return insert_sql<Row>() + " ON CONFLICT (" + join(identity<Row>(), ", ") + ") DO UPDATE SET " +
           join(equalities<Row>(rest_columns<Row>()), ", ");
}

template <class Row> std::string where_identity() {
    return " WHERE " + join(equalities<Row>(identity<Row>()), " AND ");
}

} // namespace

// Of one table; prepared when first needed.
template <class Row> class TableWriter {
  public:
    using Rules = Table<Row>;

    base::Status write(Connection& connection, ports::TenantId tenant, ports::ShardId shard, const Row& row) {
        if constexpr (Rules::mode == Mode::versioned) {
            if (row.row_version == 0)
                return run(connection, replace_, [] { return upsert_sql<Row>(); }, tenant, shard, row);
            if (row.row_version == 1)
                TRY(run(
                    connection, first_,
                    [] { return upsert_sql<Row>() + " WHERE " + Rules::name + ".row_version = 0"; }, tenant,
                    shard, row));
            else
                TRY(update(connection, tenant, shard, row));
            if (connection.changed_rows() == 0)
                return base::conflict(std::string("the stored row of ") + Rules::name +
                                      " is not the one that this change was decided on");
            return {};
        } else if constexpr (Rules::mode == Mode::replace) {
            return run(connection, replace_, [] { return upsert_sql<Row>(); }, tenant, shard, row);
        } else if constexpr (Rules::mode == Mode::keep) {
            return run(
                connection, first_, [] { return insert_sql<Row>() + " ON CONFLICT DO NOTHING"; }, tenant,
                shard, row);
        } else if constexpr (Rules::mode == Mode::interval) {
            if (!row.to) TRY(run(connection, next_, [] { return close_sql(); }, tenant, shard, row));
            return run(connection, replace_, [] { return upsert_sql<Row>(); }, tenant, shard, row);
        } else {
            return run(connection, replace_, [] { return insert_sql<Row>(); }, tenant, shard, row);
        }
    }
    // With one more column, the number that the store gives.
    base::Status append(Connection& connection, ports::TenantId tenant, ports::ShardId shard, const Row& row,
                        std::uint64_t number) {
        TRY(prepare(connection, replace_, [] { return insert_sql<Row>("number"); }));
        static const int columns = column_count<Row>();
        replace_->bind(columns + 1, static_cast<std::int64_t>(number));
        return bind_and_run(*replace_, tenant, shard, row);
    }
    base::Status erase(Connection& connection, ports::TenantId tenant, ports::ShardId shard, const Row& row) {
        return run(
            connection, erase_,
            [] {
                // Names every parameter, so that all of them may be bound.
                return std::string("DELETE FROM ") + Rules::name + where_identity<Row>() + " AND " +
                       parameter<Row>(rest_columns<Row>().back()) + " IS NOT NULL";
            },
            tenant, shard, row);
    }

  private:
    // Columns of an index hardly ever change, but naming them in SET rewrites the index: first an update that
    // leaves them alone and applies where they are as before, then one that does not.
    base::Status update(Connection& connection, ports::TenantId tenant, ports::ShardId shard,
                        const Row& row) {
        TRY(run(connection, next_, [] { return update_sql(kIndexedColumns<Row>); }, tenant, shard, row));
        if (kIndexedColumns<Row>.empty() || connection.changed_rows() != 0) return {};
        return run(connection, next_with_index_, [] { return update_sql({}); }, tenant, shard, row);
    }
    static std::string update_sql(std::span<const char* const> unchanged) {
        std::vector<std::string> changed;
        for (auto& column : rest_columns<Row>())
            if (std::find(unchanged.begin(), unchanged.end(), column) == unchanged.end())
                changed.push_back(column);
        std::string sql = std::string("UPDATE ") + Rules::name + " SET " +
                          join(equalities<Row>(changed), ", ") + where_identity<Row>() +
                          " AND row_version = " + parameter<Row>("row_version") + " - 1";
        for (const char* column : unchanged)
            sql += std::string(" AND ") + column + " IS " + parameter<Row>(column);
        return sql;
    }
    // An interval never ends before it began. The parameter of to_at is NULL here.
    static std::string close_sql() {
        auto columns = place_columns<Row>();
        columns.insert(columns.end(), std::begin(Rules::interval_of), std::end(Rules::interval_of));
        const auto from = parameter<Row>("from_at");
        return std::string("UPDATE ") + Rules::name + " SET to_at = max(from_at, " + from + ") WHERE " +
               join(equalities<Row>(columns), " AND ") + " AND to_at IS " + parameter<Row>("to_at") +
               " AND from_at <> " + from;
    }
    template <class Sql>
    base::Status prepare(Connection& connection, std::optional<Statement>& statement, Sql sql) {
        if (statement) return {};
        TRY_VALUE(Statement prepared, connection.prepare(sql()));
        statement = std::move(prepared);
        return {};
    }
    template <class Sql>
    base::Status run(Connection& connection, std::optional<Statement>& statement, Sql sql,
                     ports::TenantId tenant, ports::ShardId shard, const Row& row) {
        TRY(prepare(connection, statement, sql));
        return bind_and_run(*statement, tenant, shard, row);
    }
    static base::Status bind_and_run(Statement& statement, ports::TenantId tenant, ports::ShardId shard,
                                     const Row& row) {
        statement.bind(1, std::int64_t{tenant.get()});
        if constexpr (Rules::scope == Scope::shard) statement.bind(2, std::int64_t{shard.get()});
        Bind bind(statement, Rules::scope == Scope::shard ? 3 : 2);
        Rules::key(bind, row);
        bind.keys_end();
        Rules::rest(bind, row);
        return statement.run();
    }

    std::optional<Statement> replace_, first_, next_, next_with_index_, erase_;
};

template <class> struct WritersOf;
template <class... Rows> struct WritersOf<std::variant<Rows...>> {
    using Tuple = std::tuple<TableWriter<Rows>...>;
};

struct RowWriter::Statements {
    explicit Statements(Connection& its) : connection(its) {}
    Connection& connection;
    WritersOf<ports::Row>::Tuple writers;
    std::optional<Statement> newest_audit;
    std::uint64_t next_change = 0, next_entry = 0;
    ports::ChangeRow numbered;

    template <class Row> base::Status put(ports::TenantId tenant, ports::ShardId shard, const Row& row) {
        auto& writer = std::get<TableWriter<Row>>(writers);
        TRY(check_shard(tenant, shard, row));
        if constexpr (std::is_same_v<Row, ports::FactRow>) {
            if (row.fact.value.empty()) return writer.erase(connection, tenant, shard, row);
        } else if constexpr (std::is_same_v<Row, ports::DocumentRow>) {
            if (row.body.empty()) return writer.erase(connection, tenant, shard, row);
        } else if constexpr (std::is_same_v<Row, ports::DeviceEventRow> ||
                             std::is_same_v<Row, ports::RolloutDecisionRow>) {
            return writer.append(connection, tenant, shard, row, next_entry++);
        } else if constexpr (std::is_same_v<Row, ports::ChangeRow>) {
            numbered = row; // into the memory of the one before
            numbered.number = next_change++;
            numbered.shard = shard;
            return writer.write(connection, tenant, shard, numbered);
        } else if constexpr (std::is_same_v<Row, ports::AuditRow>) {
            TRY(check_audit(tenant, row));
        }
        return writer.write(connection, tenant, shard, row);
    }

    // A device's row in a foreign shard would be found by nobody.
    template <class Row>
    static base::Status check_shard(ports::TenantId tenant, ports::ShardId shard, const Row& row) {
        if constexpr (requires { row.device; }) {
            if (shard != device::shard_of(tenant, row.device))
                return base::bug("a row of device " + row.device.text() +
                                 " was sent to another shard than its own");
        } else if constexpr (std::is_same_v<Row, ports::DeviceRow>) {
            if (shard != device::shard_of(tenant, row.id))
                return base::bug("device " + row.id.text() + " was sent to another shard than its own");
        }
        return {};
    }

    base::Status check_audit(ports::TenantId tenant, const ports::AuditRow& row) {
        if (!newest_audit) {
            TRY_VALUE(Statement prepared,
                      connection.prepare("SELECT max(number) FROM audit WHERE tenant = ?1"));
            newest_audit = std::move(prepared);
        }
        newest_audit->reset();
        newest_audit->bind(1, std::int64_t{tenant.get()});
        TRY_VALUE(const bool found, newest_audit->step());
        const auto newest = found ? static_cast<std::uint64_t>(newest_audit->integer(0)) : 0;
        newest_audit->reset();
        if (row.number != newest + 1)
            return base::conflict("audit record " + std::to_string(row.number) + " does not follow record " +
                                  std::to_string(newest));
        return {};
    }
};

RowWriter::RowWriter(Connection& connection) : statements_(std::make_unique<Statements>(connection)) {}
RowWriter::~RowWriter() = default;

void RowWriter::number_from(std::uint64_t change, std::uint64_t entry) {
    statements_->next_change = change;
    statements_->next_entry = entry;
}

base::Status RowWriter::write(ports::TenantId tenant, ports::ShardId shard, const ports::Row& row) {
    return std::visit([&](const auto& r) { return statements_->put(tenant, shard, r); }, row);
}

} // namespace oakum::sqlite
