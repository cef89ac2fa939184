// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/store.hpp>
#include <sqlite/options.hpp>

#include <memory>

namespace oakum::sqlite {

// Streams rows from one consistent view of the store, over a connection of its own. Calls from several
// threads wait for each other. `load_all` reads the shards on a thread that lives as long as the call, while
// rows are visited on the caller's.
class SqliteLoader final : public ports::Loader {
  public:
    // On a prepared store. Errors: unavailable, corrupt.
    static base::Result<std::unique_ptr<SqliteLoader>> open(const StoreOptions& options);
    ~SqliteLoader() override;
    base::Status load_all(const Visit& row) override;
    base::Status load_shard(ports::TenantId tenant, ports::ShardId shard, const Visit& row) override;
    base::Result<Changes> load_changes(std::size_t limit) override;

  private:
    struct State;
    explicit SqliteLoader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace oakum::sqlite
