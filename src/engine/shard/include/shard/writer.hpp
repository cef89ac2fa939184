// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>
#include <ports/store.hpp>
#include <shard/feed.hpp>
#include <shard/transaction.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace oakum::shard {

// Called once, on the writer's thread: after the commit, or with what went wrong.
template <class T> using Completion = std::function<void(base::Result<T>)>;

// Under overload the lower ones are refused first (design 4); the last is never refused.
enum class Priority : std::uint8_t { telemetry, inventory, poll, download, person, terminal };

// What the writer committed, and the number of its last change.
struct Committed {
    const ports::Batch& batch;
    std::uint64_t last_change = 0;
};

// The single writer: bounded queue -> decide against the newest tentative state -> open batch -> commit ->
// publish
// -> acknowledge -> emit. Nothing is acknowledged before it is durable. `submit` may be called from any
// thread; everything else happens on the executor. The references live longer than the writer; it is
// destroyed only after its executor has stopped.
class Writer {
  public:
    struct Limits {
        std::size_t queue = 8192; // commands that wait, of those that may be refused
        std::size_t batch = 128;  // commands in one commit
    };
    struct Load { // for /metrics
        std::size_t waiting = 0;
        std::uint64_t committed = 0, refused = 0, failed = 0, batches = 0;
        std::string failure; // why the last commit failed; empty when it did not
    };

    Writer(ports::Executor& executor, ports::Clock& clock, ports::Journal& journal, ports::Loader& loader,
           ControlTables& control, const DeviceTables& devices, std::vector<Projection*> projections,
           base::LogSink& log);
    Writer(ports::Executor& executor, ports::Clock& clock, ports::Journal& journal, ports::Loader& loader,
           ControlTables& control, const DeviceTables& devices, std::vector<Projection*> projections,
           base::LogSink& log, Limits limits);

    // Loads everything, blocking; before anything else. The change feed goes on where it was.
    base::Status start();

    // `decide` reads and puts; on success its rows become durable together, then `done` gets its value.
    // Errors of `decide` pass through; others: unavailable (overload, the store).
    template <class T>
    void submit(Place place, Priority priority, std::function<base::Result<T>(Transaction&)> decide,
                Completion<T> done) {
        auto value = std::make_shared<std::optional<T>>();
        enqueue({place, priority,
                 [decide = std::move(decide), value](Transaction& transaction) -> base::Status {
                     auto result = decide(transaction);
                     if (!result.ok()) return std::move(result).error();
                     value->emplace(std::move(result).value());
                     return {};
                 },
                 [done = std::move(done), value](base::Status status) {
                     if (!done) return;
                     if (status.ok())
                         done(base::Result<T>(std::move(**value)));
                     else
                         done(base::Result<T>(std::move(status).error()));
                 }});
    }
    void submit(Place place, Priority priority, std::function<base::Status(Transaction&)> decide,
                std::function<void(base::Status)> done) {
        enqueue({place, priority, std::move(decide), std::move(done)});
    }

    // Called on the writer's thread after readers see the rows and before the commands are acknowledged.
    using Listener = std::function<void(const Committed&)>;
    void on_committed(Listener listener) { listeners_.push_back(std::move(listener)); }

    ChangeFeed& feed() { return feed_; }
    ports::Executor& executor() { return executor_; }
    Load load() const;
    // New commands are refused from now on; those that wait are finished.
    void stop();

  private:
    struct Command {
        Place place;
        Priority priority;
        std::function<base::Status(Transaction&)> decide;
        std::function<void(base::Status)> done;
    };
    struct Group { // a batch with those who wait for it
        ports::Batch batch;
        Overlay overlay;
        std::vector<std::function<void(base::Status)>> waiting;
        bool empty() const { return waiting.empty(); }
    };

    void enqueue(Command command);
    std::optional<base::Error> refusal(Priority priority) REQUIRES(mutex_);
    void drain();
    void decide(Command command);
    void commit();
    void committed(base::Result<std::uint64_t> result);
    void publish(std::uint64_t last_change);
    void fail(const base::Error& error);
    void reload(const std::set<Place>& places);
    bool usable(Place place);
    void release(std::size_t count, std::uint64_t Load::* what);

    ports::Executor& executor_;
    ports::Clock& clock_;
    ports::Journal& journal_;
    ports::Loader& loader_;
    ControlTables& control_;
    const DeviceTables& devices_;
    std::vector<Projection*> projections_;
    base::LogSink& log_;
    const Limits limits_;
    ChangeFeed feed_;
    std::vector<Listener> listeners_;

    Group open_, flying_;    // the writer's thread only
    bool in_flight_ = false; // the writer's thread only
    std::set<Place>
        broken_; // places that could not be read anew after a failed commit: no command decides there

    mutable base::Mutex mutex_;
    std::deque<Command> queue_ GUARDED_BY(mutex_);
    bool drain_posted_ GUARDED_BY(mutex_) = false;
    bool stopping_ GUARDED_BY(mutex_) = false;
    std::size_t outstanding_ GUARDED_BY(mutex_) = 0;
    Load load_ GUARDED_BY(mutex_);
};

} // namespace oakum::shard
