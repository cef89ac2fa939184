// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"

#include <string>

namespace oakum::sqlite {

namespace {

// The first column of the first row that the statement finds.
base::Result<std::optional<std::int64_t>> first_of(Connection& connection, const std::string& sql,
                                                   std::int64_t first, std::optional<std::int64_t> second) {
    TRY_VALUE(Statement * statement, connection.cached(sql));
    statement->bind(1, first);
    if (second) statement->bind(2, *second);
    TRY_VALUE(const bool found, statement->step());
    const auto value = found ? std::optional(statement->integer(0)) : std::nullopt;
    statement->reset();
    return value;
}

base::Result<std::optional<std::int64_t>> next_tenant(Connection& connection, const char* table,
                                                      std::int64_t after) {
    return first_of(connection,
                    std::string("SELECT tenant FROM ") + table + " WHERE tenant > ?1 ORDER BY tenant LIMIT 1",
                    after, std::nullopt);
}

} // namespace

base::Result<std::optional<Place>> next_place(Connection& connection, const char* table, Place after) {
    const std::string next_shard = std::string("SELECT shard FROM ") + table +
                                   " WHERE tenant = ?1 AND shard > ?2 ORDER BY shard LIMIT 1";
    TRY_VALUE(auto shard, first_of(connection, next_shard, after.first, after.second));
    if (shard) return std::optional(Place{after.first, *shard});
    TRY_VALUE(const auto tenant, next_tenant(connection, table, after.first));
    if (!tenant) return std::optional<Place>();
    TRY_VALUE(shard, first_of(connection, next_shard, *tenant, -1));
    return std::optional(Place{*tenant, shard.value_or(0)});
}

base::Result<std::vector<std::int64_t>> tenants_of(Connection& connection, const char* table) {
    std::vector<std::int64_t> tenants;
    for (std::int64_t tenant = -1;;) {
        TRY_VALUE(const auto next, next_tenant(connection, table, tenant));
        if (!next) return tenants;
        tenants.push_back(tenant = *next);
    }
}

} // namespace oakum::sqlite
