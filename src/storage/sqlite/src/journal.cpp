// SPDX-License-Identifier: Apache-2.0
#include <sqlite/journal.hpp>

#include "checkpointer.hpp"
#include "places.hpp"
#include "row_writer.hpp"
#include "store_connection.hpp"

#include <base/thread_annotations.hpp>

#include <algorithm>
#include <deque>
#include <thread>

namespace oakum::sqlite {

namespace {
// The engine has one commit under way; a few more are a second engine's. More than this is a caller that runs
// away.
constexpr std::size_t kLongestQueue = 64;

struct Needs {
    std::uint64_t rows = 0, changes = 0, entries = 0;
};
Needs count(const ports::Batch& batch) {
    Needs needs;
    for (const auto& part : batch.shards)
        for (const auto& row : part.rows) {
            ++needs.rows;
            needs.changes += std::holds_alternative<ports::ChangeRow>(row) ? 1 : 0;
            needs.entries += std::holds_alternative<ports::DeviceEventRow>(row) ||
                                     std::holds_alternative<ports::RolloutDecisionRow>(row)
                                 ? 1
                                 : 0;
        }
    return needs;
}
} // namespace

// The writer's connection is used under `writing`.
struct SqliteJournal::State {
    struct Waiting {
        ports::Batch batch;
        std::function<void(base::Result<std::uint64_t>)> done;
    };

    explicit State(ports::Executor& its) : executor(its) {}

    base::Result<std::uint64_t> write(const ports::Batch& batch) REQUIRES(writing);
    base::Result<std::uint64_t> take_numbers(const Needs& needs) REQUIRES(writing);
    base::Result<std::uint64_t> prune_events(base::TimePoint before, std::size_t limit, bool& finished)
        REQUIRES(writing);
    base::Result<std::uint64_t> prune_sets(base::TimePoint before, std::size_t limit, bool& finished)
        REQUIRES(writing);
    base::Result<std::uint64_t> prune_found(base::TimePoint before, std::size_t limit, bool& finished)
        REQUIRES(writing);
    base::Result<Pruned> prune_changes(base::TimePoint before, std::size_t limit) REQUIRES(writing);
    base::Result<Pruned> prune_edits(base::TimePoint before, std::size_t limit) REQUIRES(writing);
    base::Result<std::uint64_t> delete_old(const char* sql, base::TimePoint before, std::size_t limit,
                                           std::int64_t tenant) REQUIRES(writing);
    void work();

    ports::Executor& executor;
    base::Mutex writing;
    std::unique_ptr<Connection> connection;
    std::unique_ptr<RowWriter> writer;
    std::unique_ptr<Checkpointer> checkpointer;
    Place pruned GUARDED_BY(writing) = kBeforeAll; // the shard that was pruned last
    // Of findings: first what devices had, shard by shard, then what was found, by the first byte of its set.
    Place pruned_sets GUARDED_BY(writing) = kBeforeAll;
    bool sets_through GUARDED_BY(writing) = false;
    unsigned next_byte GUARDED_BY(writing) = 0;

    base::Mutex queueing;
    base::Condition wake;
    std::deque<Waiting> queue GUARDED_BY(queueing);
    bool stopping GUARDED_BY(queueing) = false;
    std::thread thread;
};

base::Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const StoreOptions& options,
                                                                 ports::Executor& executor) {
    auto state = std::make_unique<State>(executor);
    TRY_VALUE(state->connection, Connection::open(writer_options(options)));
    // After a peak the log shrinks back to twice what is kept between checkpoints.
    TRY(state->connection->execute(
        ("PRAGMA journal_size_limit = " + std::to_string(options.checkpoint_pages * 8192)).c_str()));
    state->writer = std::make_unique<RowWriter>(*state->connection);
    TRY_VALUE(state->checkpointer, Checkpointer::start(options, *state->connection, state->writing));
    return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(state)));
}

SqliteJournal::SqliteJournal(std::unique_ptr<State> state) : state_(std::move(state)) {
    state_->thread = std::thread([own = state_.get()] { own->work(); });
}

SqliteJournal::~SqliteJournal() {
    {
        const base::Lock lock(state_->queueing);
        state_->stopping = true;
    }
    state_->wake.notify_one();
    state_->thread.join();
}

void SqliteJournal::commit(ports::Batch batch, std::function<void(base::Result<std::uint64_t>)> done) {
    {
        const base::Lock lock(state_->queueing);
        if (state_->queue.size() < kLongestQueue) {
            state_->queue.push_back({std::move(batch), std::move(done)});
            state_->wake.notify_one();
            return;
        }
    }
    state_->executor.post([answer = std::move(done)] {
        answer(base::unavailable("the store is behind with writing: try again later"));
    });
}

void SqliteJournal::State::work() {
    for (;;) {
        Waiting next;
        {
            const base::Lock lock(queueing);
            while (!stopping && queue.empty())
                wake.wait(queueing);
            if (queue.empty()) return;
            next = std::move(queue.front());
            queue.pop_front();
        }
        auto result = [&] {
            const base::Lock lock(writing);
            return write(next.batch);
        }();
        executor.post([done = std::move(next.done), answer = std::move(result)] { done(answer); });
    }
}

base::Status SqliteJournal::commit_now(const ports::Batch& batch, std::uint64_t& last_change) {
    const base::Lock lock(state_->writing);
    TRY_VALUE(last_change, state_->write(batch));
    return {};
}

// The number of the change before those of this batch; the numbers are the batch's once it is committed.
base::Result<std::uint64_t> SqliteJournal::State::take_numbers(const Needs& needs) {
    TRY_VALUE(Statement * take,
              connection->cached("UPDATE store_counter SET change = change + ?1, entry = entry + ?2 "
                                 "RETURNING change - ?1, entry - ?2"));
    take->bind(1, static_cast<std::int64_t>(needs.changes));
    take->bind(2, static_cast<std::int64_t>(needs.entries));
    TRY_VALUE(const bool row, take->step());
    if (!row) return base::corrupt("the store has lost its counters: restore a backup");
    const auto change = static_cast<std::uint64_t>(take->integer(0));
    const auto entry = static_cast<std::uint64_t>(take->integer(1));
    TRY(take->run());
    writer->number_from(change + 1, entry + 1);
    return change;
}

base::Result<std::uint64_t> SqliteJournal::State::write(const ports::Batch& batch) {
    const Needs needs = count(batch);
    if (needs.rows == 0) {
        TRY_VALUE(const std::int64_t last, connection->integer("SELECT change FROM store_counter"));
        return static_cast<std::uint64_t>(last);
    }
    Transaction transaction(*connection);
    TRY(transaction.begin_write());
    TRY_VALUE(const std::uint64_t before, take_numbers(needs));
    for (const auto& part : batch.shards)
        for (const auto& row : part.rows)
            TRY(writer->write(part.tenant, part.shard, row));
    TRY(transaction.commit());
    return before + needs.changes;
}

base::Result<std::uint64_t> SqliteJournal::State::delete_old(const char* sql, base::TimePoint before,
                                                             std::size_t limit, std::int64_t tenant) {
    TRY_VALUE(Statement * statement, connection->cached(sql));
    statement->bind(1, base::unix_ms(before));
    statement->bind(2, static_cast<std::int64_t>(limit));
    statement->bind(3, tenant);
    TRY(statement->run());
    return static_cast<std::uint64_t>(connection->changed_rows());
}

// Of each tenant only the oldest are looked at: changes are about as old as their numbers say.
base::Result<SqliteJournal::Pruned> SqliteJournal::State::prune_changes(base::TimePoint before,
                                                                        std::size_t limit) {
    Pruned done{0, true};
    TRY_VALUE(const auto tenants, tenants_of(*connection, "change"));
    for (const std::int64_t tenant : tenants) {
        TRY_VALUE(
            const std::uint64_t rows,
            delete_old(
                "DELETE FROM change WHERE tenant = ?3 AND number IN (SELECT number FROM (SELECT number, at "
                "FROM change WHERE tenant = ?3 ORDER BY number LIMIT ?2) WHERE at < ?1)",
                before, limit, tenant));
        done.rows += rows;
        done.finished = done.finished && rows < limit;
    }
    return done;
}

// The oldest edit loses what it did to devices, shard by shard, then goes itself.
base::Result<SqliteJournal::Pruned> SqliteJournal::State::prune_edits(base::TimePoint before,
                                                                      std::size_t limit) {
    TRY_VALUE(
        const std::uint64_t rows,
        delete_old("WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 1023) "
                   "DELETE FROM edited_device WHERE (tenant, shard, edit, device) IN (SELECT x.tenant, "
                   "x.shard, x.edit, x.device FROM (SELECT tenant, edit FROM edit WHERE created < ?1 AND "
                   "tenant > ?3 ORDER BY tenant, edit LIMIT 1) e CROSS JOIN s CROSS JOIN edited_device x "
                   "ON x.tenant = e.tenant AND x.shard = s.n AND x.edit = e.edit LIMIT ?2)",
                   before, limit, -1));
    if (rows == limit) return Pruned{rows, false};
    TRY_VALUE(const std::uint64_t gone,
              delete_old("DELETE FROM edit WHERE (tenant, edit) IN (SELECT tenant, edit FROM edit WHERE "
                         "created < ?1 AND tenant > ?3 ORDER BY tenant, edit LIMIT min(?2, 1))",
                         before, limit, -1));
    return Pruned{rows + gone, gone == 0};
}

// Devices' events stand by device and time: the old ones of a shard are found device by device, at the front
// of each.
base::Result<std::uint64_t> SqliteJournal::State::prune_events(base::TimePoint before, std::size_t limit,
                                                               bool& finished) {
    TRY_VALUE(const std::optional<Place> next, next_place(*connection, "device_event", pruned));
    finished = !next;
    if (!next) {
        pruned = kBeforeAll;
        return std::uint64_t{0};
    }
    TRY_VALUE(
        Statement * remove,
        connection->cached(
            "DELETE FROM device_event WHERE (tenant, shard, device, at, number) IN (SELECT e.tenant, "
            "e.shard, "
            "e.device, e.at, e.number FROM device d CROSS JOIN device_event e ON e.tenant = d.tenant AND "
            "e.shard = "
            "d.shard AND e.device = d.device AND e.at < ?1 WHERE d.tenant = ?3 AND d.shard = ?4 LIMIT ?2)"));
    remove->bind(1, base::unix_ms(before));
    remove->bind(2, static_cast<std::int64_t>(limit));
    remove->bind(3, next->first);
    remove->bind(4, next->second);
    TRY(remove->run());
    const auto rows = static_cast<std::uint64_t>(connection->changed_rows());
    if (rows < limit) pruned = *next;
    return rows;
}

base::Result<SqliteJournal::Pruned> SqliteJournal::prune(const ports::Retention& retention,
                                                         std::size_t limit) {
    const base::Lock lock(state_->writing);
    Transaction transaction(*state_->connection);
    TRY(transaction.begin_write());
    bool finished = true;
    std::uint64_t events = 0;
    if (retention.events_before > base::TimePoint()) {
        TRY_VALUE(events, state_->prune_events(retention.events_before, limit, finished));
    }
    TRY_VALUE(const Pruned changes, state_->prune_changes(retention.changes_before, limit));
    TRY_VALUE(const std::uint64_t answers,
              state_->delete_old(
                  "DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency WHERE at < ?1 AND "
                  "tenant > ?3 LIMIT ?2)",
                  retention.idempotency_before, limit, -1));
    // The same rules as ports::outlived.
    TRY_VALUE(const std::uint64_t sessions,
              state_->delete_old(
                  "DELETE FROM token WHERE (tenant, token) IN (SELECT tenant, token FROM token WHERE "
                  "expires < ?1 AND kind IN (1, 2) AND tenant > ?3 LIMIT ?2)",
                  retention.sessions_before, limit, -1));
    TRY_VALUE(const std::uint64_t tokens,
              state_->delete_old(
                  "DELETE FROM token WHERE (tenant, token) IN (SELECT tenant, token FROM token WHERE "
                  "expires < ?1 AND kind NOT IN (1, 2) AND tenant > ?3 LIMIT ?2)",
                  retention.tokens_before, limit, -1));
    TRY_VALUE(const std::uint64_t jobs,
              state_->delete_old("DELETE FROM job WHERE (tenant, job) IN (SELECT tenant, job FROM job WHERE "
                                 "ended < ?1 AND tenant > ?3 LIMIT ?2)",
                                 retention.jobs_before, limit, -1));
    TRY_VALUE(
        const std::uint64_t alarms,
        state_->delete_old("DELETE FROM alarm WHERE (tenant, alarm) IN (SELECT tenant, alarm FROM alarm "
                           "WHERE closed < ?1 AND tenant > ?3 LIMIT ?2)",
                           retention.alarms_before, limit, -1));
    TRY_VALUE(
        const std::uint64_t messages,
        state_->delete_old("DELETE FROM message WHERE (tenant, message) IN (SELECT tenant, message FROM "
                           "message WHERE ended < ?1 AND tenant > ?3 LIMIT ?2)",
                           retention.messages_before, limit, -1));
    TRY_VALUE(const Pruned edits, state_->prune_edits(retention.edits_before, limit));
    TRY(transaction.commit());
    const bool all = std::max({answers, sessions, tokens, jobs, alarms, messages}) < limit;
    return Pruned{events + changes.rows + answers + sessions + tokens + jobs + alarms + messages + edits.rows,
                  finished && changes.finished && edits.finished && all};
}

// What a device had before, shard by shard: few rows each.
base::Result<std::uint64_t> SqliteJournal::State::prune_sets(base::TimePoint before, std::size_t limit,
                                                             bool& finished) {
    TRY_VALUE(const std::optional<Place> next, next_place(*connection, "device_set", pruned_sets));
    finished = !next;
    if (!next) {
        pruned_sets = kBeforeAll;
        return std::uint64_t{0};
    }
    TRY_VALUE(Statement * remove,
              connection->cached(
                  "DELETE FROM device_set WHERE (tenant, shard, device, layer, from_at) IN (SELECT "
                  "tenant, shard, device, layer, from_at FROM device_set WHERE tenant = ?3 AND shard = "
                  "?4 AND to_at < ?1 LIMIT ?2)"));
    remove->bind(1, base::unix_ms(before));
    remove->bind(2, static_cast<std::int64_t>(limit));
    remove->bind(3, next->first);
    remove->bind(4, next->second);
    TRY(remove->run());
    const auto rows = static_cast<std::uint64_t>(connection->changed_rows());
    if (rows < limit) pruned_sets = *next;
    return rows;
}

// Sets are named by a digest, so that their first bytes cut the table into 256 pieces of about one size.
base::Result<std::uint64_t> SqliteJournal::State::prune_found(base::TimePoint before, std::size_t limit,
                                                              bool& finished) {
    constexpr unsigned kBytes = 256;
    const std::array<std::uint8_t, 1> from{static_cast<std::uint8_t>(next_byte)};
    const std::array<std::uint8_t, 1> to{static_cast<std::uint8_t>(next_byte + 1)};
    const bool last = next_byte + 1 == kBytes;
    std::uint64_t rows = 0;
    TRY_VALUE(const auto tenants, tenants_of(*connection, "set_finding"));
    for (const std::int64_t tenant : tenants) {
        TRY_VALUE(
            Statement * remove,
            connection->cached(
                std::string(
                    "DELETE FROM set_finding WHERE (tenant, set_id, advisory, component, from_at) IN "
                    "(SELECT tenant, set_id, advisory, component, from_at FROM set_finding WHERE tenant "
                    "= ?3 AND set_id >= ?4 ") +
                (last ? "" : "AND set_id < ?5 ") + "AND to_at < ?1 LIMIT ?2)"));
        remove->bind(1, base::unix_ms(before));
        remove->bind(2, static_cast<std::int64_t>(limit));
        remove->bind(3, tenant);
        remove->bind(4, from);
        if (!last) remove->bind(5, to);
        TRY(remove->run());
        rows += static_cast<std::uint64_t>(connection->changed_rows());
    }
    finished = false;
    if (rows >= limit) return rows; // there may be more in this piece
    next_byte = last ? 0 : next_byte + 1;
    finished = last;
    return rows;
}

base::Result<SqliteJournal::Pruned> SqliteJournal::prune_findings(base::TimePoint before, std::size_t limit) {
    const base::Lock lock(state_->writing);
    Transaction transaction(*state_->connection);
    TRY(transaction.begin_write());
    Pruned done;
    if (!state_->sets_through) {
        TRY_VALUE(done.rows, state_->prune_sets(before, limit, state_->sets_through));
    } else {
        TRY_VALUE(done.rows, state_->prune_found(before, limit, done.finished));
    }
    TRY(transaction.commit());
    if (done.finished) state_->sets_through = false;
    return done;
}

base::Result<SqliteJournal::Pruned> SqliteJournal::prune_audit(ports::TenantId tenant, std::uint64_t through,
                                                               std::size_t limit) {
    const base::Lock lock(state_->writing);
    TRY_VALUE(Statement * remove,
              state_->connection->cached(
                  "DELETE FROM audit WHERE tenant = ?1 AND number IN (SELECT number FROM audit "
                  "WHERE tenant = ?1 AND number <= ?2 ORDER BY number LIMIT ?3)"));
    remove->bind(1, std::int64_t{tenant.get()});
    remove->bind(2, static_cast<std::int64_t>(through));
    remove->bind(3, static_cast<std::int64_t>(limit));
    TRY(remove->run());
    const auto rows = static_cast<std::uint64_t>(state_->connection->changed_rows());
    return Pruned{rows, rows < limit};
}

base::Status SqliteJournal::skip_changes(std::uint64_t count) {
    const base::Lock lock(state_->writing);
    TRY_VALUE(Statement * skip, state_->connection->cached("UPDATE store_counter SET change = change + ?1"));
    skip->bind(1, static_cast<std::int64_t>(count));
    return skip->run();
}

static_assert(static_cast<int>(ports::TokenKind::session) == 1 &&
              static_cast<int>(ports::TokenKind::sign_in) == 2);

} // namespace oakum::sqlite
