// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace oakum::sqlite {

using Place = std::pair<std::int64_t, std::int64_t>; // tenant, shard

// The place after this one that a table has rows of, and nothing after the last: two steps of the table's
// key. SQLite walks all rows of a place to find what is greater than a pair of values, so that they are
// compared one after the other.
base::Result<std::optional<Place>> next_place(Connection& connection, const char* table, Place after);
// The tenants that a table has rows of, in order: a step of its key for each.
base::Result<std::vector<std::int64_t>> tenants_of(Connection& connection, const char* table);

inline constexpr Place kBeforeAll{-1, -1};

template <class Visit> base::Status each_shard(Connection& connection, const char* table, Visit visit) {
    for (Place place = kBeforeAll;;) {
        TRY_VALUE(const std::optional<Place> next, next_place(connection, table, place));
        if (!next) return {};
        place = *next;
        TRY(visit(place));
    }
}

} // namespace oakum::sqlite
