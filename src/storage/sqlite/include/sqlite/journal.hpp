// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/clock.hpp>
#include <ports/evidence.hpp>
#include <ports/store.hpp>
#include <sqlite/options.hpp>

#include <cstdint>
#include <memory>

namespace oakum::sqlite {

// The one writer of a store. Each commit is one SQLite transaction that is synced to the disk before it is
// acknowledged. commit() queues for a thread that this object owns, and posts the answer to the executor,
// which must outlive it; commit_now() and the prunings block. All may be called from any thread. Destruction
// finishes what is queued.
class SqliteJournal final : public ports::Journal, public ports::Pruner, public ports::EvidencePruner {
  public:
    // On a prepared store. Errors: unavailable, corrupt.
    static base::Result<std::unique_ptr<SqliteJournal>> open(const StoreOptions& options,
                                                             ports::Executor& executor);
    ~SqliteJournal() override;
    SqliteJournal(const SqliteJournal&) = delete;
    SqliteJournal& operator=(const SqliteJournal&) = delete;

    void commit(ports::Batch batch, std::function<void(base::Result<std::uint64_t>)> done) override;
    // Errors: conflict, invalid (a row of a device that is not stored), unavailable, corrupt. On an error
    // nothing of the batch is stored.
    base::Status commit_now(const ports::Batch& batch, std::uint64_t& last_change);

    base::Result<Pruned> prune(const ports::Retention& retention, std::size_t limit) override;
    base::Result<Pruned> prune_audit(ports::TenantId tenant, std::uint64_t through,
                                     std::size_t limit) override;
    base::Result<Pruned> prune_findings(base::TimePoint before, std::size_t limit) override;
    // Leaves out so many numbers of changes: after the restore of a backup, so that none is given twice.
    base::Status skip_changes(std::uint64_t count);

  private:
    struct State;
    explicit SqliteJournal(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace oakum::sqlite
