// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <sqlite/options.hpp>

#include <memory>

namespace oakum::sqlite {

class Connection;

// Moves the log into the file on a thread and a connection of its own, so that no commit waits for it but for
// a short moment: passes beside the writer while each finds much less than the one before, then a last one
// that holds `writing`, after which the log begins anew. A pass that fails is tried again after a later
// commit; what is in the log is durable either way.
class Checkpointer {
  public:
    // Takes over from SQLite's own checkpoints of `writer`, whose commits tell it how long the log is. Both
    // arguments outlive it. Errors: as Connection::open.
    static base::Result<std::unique_ptr<Checkpointer>> start(const StoreOptions& options, Connection& writer,
                                                             base::Mutex& writing);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

  private:
    struct State;
    explicit Checkpointer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace oakum::sqlite
