// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <ports/rows.hpp>

#include <cstdint>
#include <memory>

namespace oakum::sqlite {

// Writes rows with prepared statements, by the rules of ports/rows.hpp. Inside the caller's transaction.
class RowWriter {
  public:
    explicit RowWriter(Connection& connection);
    ~RowWriter();

    // The numbers that changes, and events and decisions, get next; set before the rows of a commit.
    void number_from(std::uint64_t change, std::uint64_t entry);
    // Errors: conflict, and what Connection says.
    base::Status write(ports::TenantId tenant, ports::ShardId shard, const ports::Row& row);

  private:
    struct Statements;
    std::unique_ptr<Statements> statements_;
};

} // namespace oakum::sqlite
