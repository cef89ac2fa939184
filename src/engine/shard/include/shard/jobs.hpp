// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shard/writer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace oakum::shard {

// What a step of a job says of itself.
struct Progress {
    bool finished = false;
    std::uint64_t done = 0, total = 0;
    std::string detail;      // a sentence
    std::string payload;     // what it needs to be resumed; empty: unchanged
    bool checkpoint = false; // the payload has to be durable before the next step
    // When it waits for other work: given what goes on with the next step, it calls that once, from any
    // thread. Not with a checkpoint.
    std::function<void(std::function<void()>)> wait = nullptr;
};

// One job's work, in bounded steps of a fraction of a second. Runs on the jobs' own executor, never on the
// writer's.
class JobWork {
  public:
    virtual ~JobWork() = default;
    virtual base::Result<Progress> step() = 0;
};

// Whether another process may be working on the jobs of this store. Alone, what a process that ended had
// taken is free at once; else its lease has to run out first.
enum class Alone : bool { no, yes };

// Long work as rows (design 4): queued, taken under a lease, run step by step, cancelled between steps,
// resumed after a restart from the payload of its last step. Only who holds the newest lease writes. All
// functions may be called from any thread.
class Jobs {
  public:
    static constexpr base::Duration kLease =
        std::chrono::seconds(60);               // renewed with each progress that is stored
    static constexpr std::uint64_t kTakes = 10; // a job that was interrupted more often is not tried again

    // `background` is a queue of its own, so that a step may block.
    Jobs(Writer& writer, ControlTables& control, ports::Executor& background, ports::Clock& clock, Ids& ids,
         base::LogSink& log, Alone alone = Alone::yes);

    // Makes the work of a kind from its row; an explicit list made by the composition root, before start.
    using Maker =
        std::function<base::Result<std::unique_ptr<JobWork>>(device::TenantId, const ports::JobRow&)>;
    void kind(std::string name, Maker maker) { makers_[std::move(name)] = std::move(maker); }

    // Takes up what nobody works on: at start what was queued or running when the process ended, and now and
    // then what another one lost.
    void take_up();
    // Queues a job; `done` gets its id once it is durable.
    void enqueue(device::TenantId tenant, std::string kind, std::string detail, std::string payload,
                 AuditEntry audit, Completion<std::string> done);
    // Errors: not_found, conflict (it has ended).
    void cancel(device::TenantId tenant, std::string id, AuditEntry audit,
                std::function<void(base::Status)> done);

  private:
    struct Running;
    void take(device::TenantId tenant, const std::string& id);
    base::Result<std::optional<ports::JobRow>> lease(Transaction& transaction, const std::string& id) const;
    void run(device::TenantId tenant, ports::JobRow row);
    void begin(const std::shared_ptr<Running>& job);
    void step(const std::shared_ptr<Running>& job);
    void store(const std::shared_ptr<Running>& job, bool last);
    void fail(const std::shared_ptr<Running>& job, std::string why);
    bool reserve(const std::string& id);
    void release(const std::string& id);

    Writer& writer_;
    ControlTables& control_;
    ports::Executor& background_;
    ports::Clock& clock_;
    Ids& ids_;
    base::LogSink& log_;
    const Alone alone_;
    const std::string holder_; // this process
    std::map<std::string, Maker> makers_;
    base::Mutex mutex_;
    std::set<std::string> running_ GUARDED_BY(mutex_); // taken by this process, not ended
};

} // namespace oakum::shard
