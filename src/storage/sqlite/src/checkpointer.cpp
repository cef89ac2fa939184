// SPDX-License-Identifier: Apache-2.0
#include "checkpointer.hpp"

#include "store_connection.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <thread>

namespace oakum::sqlite {

namespace {

constexpr int kMostPasses = 4;
constexpr int kHelpAt = 4; // times the length at which a checkpoint is due

struct Pass {
    bool done = false;
    std::int64_t log = 0, moved = 0; // pages in the log, and of them those that are in the file too
};

Pass run_pass(sqlite3* database) {
    int log = 0, moved = 0;
    const int code = sqlite3_wal_checkpoint_v2(database, "main", SQLITE_CHECKPOINT_PASSIVE, &log, &moved);
    return {code == SQLITE_OK, log, moved};
}

} // namespace

struct Checkpointer::State {
    State(Connection& its_writer, base::Mutex& its_writing, std::size_t its_pages)
        : writer(its_writer), writing(its_writing), pages(static_cast<int>(its_pages)) {}

    // Called by the writer's thread after each commit.
    static int committed(void* self, sqlite3* database, const char*, int log) {
        auto& state = *static_cast<State*>(self);
        if (log < state.pages) return SQLITE_OK;
        // Too far behind: the writer helps, unless a pass is under way.
        if (log / kHelpAt >= state.pages) (void)run_pass(database);
        {
            const base::Lock lock(state.waiting);
            state.due = true;
        }
        state.wake.notify_one();
        return SQLITE_OK;
    }
    void work() {
        for (;;) {
            {
                const base::Lock lock(waiting);
                while (!stopping && !due)
                    wake.wait(waiting);
                if (stopping) return;
                due = false;
            }
            checkpoint();
        }
    }
    void checkpoint() {
        sqlite3* const own = connection->handle();
        std::int64_t moved = 0;
        for (int pass = 0; pass < kMostPasses; ++pass) {
            const Pass now = run_pass(own);
            if (!now.done) return;
            const std::int64_t found = now.moved - moved;
            moved = now.moved;
            if (found < pages / 8) break;
        }
        const base::Lock lock(writing);
        // What is left is what was committed during the last pass.
        (void)run_pass(own);
        const base::Lock settled(waiting);
        due = false;
    }

    Connection& writer;
    base::Mutex& writing;
    const int pages;
    std::unique_ptr<Connection> connection;
    base::Mutex waiting;
    base::Condition wake;
    bool due GUARDED_BY(waiting) = false, stopping GUARDED_BY(waiting) = false;
    std::thread thread;
};

base::Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const StoreOptions& options,
                                                                Connection& writer, base::Mutex& writing) {
    auto state = std::make_unique<State>(writer, writing, options.checkpoint_pages);
    ConnectionOptions own = writer_options(options);
    own.cache_bytes = 1 << 20; // a checkpoint reads the log, not the cache
    TRY_VALUE(state->connection, Connection::open(own));
    // A connection that has read nothing yet does not know that there is a log.
    TRY_VALUE([[maybe_unused]] const std::int64_t known,
              state->connection->integer("SELECT change FROM store_counter"));
    TRY(writer.execute("PRAGMA wal_autocheckpoint = 0"));
    sqlite3_wal_hook(writer.handle(), &State::committed, state.get());
    return std::unique_ptr<Checkpointer>(new Checkpointer(std::move(state)));
}

Checkpointer::Checkpointer(std::unique_ptr<State> state) : state_(std::move(state)) {
    state_->thread = std::thread([own = state_.get()] { own->work(); });
}

Checkpointer::~Checkpointer() {
    sqlite3_wal_hook(state_->writer.handle(), nullptr, nullptr);
    {
        const base::Lock lock(state_->waiting);
        state_->stopping = true;
    }
    state_->wake.notify_one();
    state_->thread.join();
}

} // namespace oakum::sqlite
