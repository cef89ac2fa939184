// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <sqlite/options.hpp>

#include <span>
#include <string_view>

namespace oakum::sqlite {

// The schemas that this binary runs on. An older one is migrated, as far back as kOldestSchema; a newer one
// is refused.
inline constexpr int kOldestSchema = 1;
inline constexpr int kNewestSchema = 9;

struct Migration {
    int number = 0;
    std::string_view name; // "0001_initial"
    std::string_view sql;
};
// In order, numbered 1, 2, 3 ...; the files of migrations/.
std::span<const Migration> migrations();

// Makes the file when there is none and brings its schema to the newest; each migration is one transaction.
// Called once at start, before anything else of this folder. Errors: conflict (a newer schema, or one that is
// too old), corrupt (not a store of Oakum, or a migration that was changed after it ran), unavailable.
base::Status prepare_store(const StoreOptions& options);
// The schema of the store as it is; 0: there is none yet. Errors: corrupt (not a store of Oakum),
// unavailable.
base::Result<int> stored_schema(const StoreOptions& options);
// For tests: with other migrations and another range.
base::Status prepare_store(const StoreOptions& options, std::span<const Migration> known, int oldest);

} // namespace oakum::sqlite
