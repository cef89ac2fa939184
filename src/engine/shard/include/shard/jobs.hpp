// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shard/writer.hpp>

#include <map>
#include <memory>
#include <string>

namespace oakum::shard {

// What a step of a job says of itself.
struct Progress {
    bool finished = false;
    std::uint64_t done = 0, total = 0;
    std::string detail;  // a sentence
    std::string payload; // what it needs to be resumed; empty: unchanged
};

// One job's work, in bounded steps of a fraction of a second. Runs on the jobs' own executor, never on the
// writer's.
class JobWork {
  public:
    virtual ~JobWork() = default;
    virtual base::Result<Progress> step() = 0;
};

// Long work as rows (design 4): queued, run step by step, cancelled between steps, resumed after a restart
// from the payload of its last step. All functions may be called from any thread.
class Jobs {
  public:
    // `background` is a queue of its own, so that a step may block.
    Jobs(Writer& writer, ControlTables& control, ports::Executor& background, ports::Clock& clock, Ids& ids);

    // Makes the work of a kind from its row; an explicit list made by the composition root, before start.
    using Maker =
        std::function<base::Result<std::unique_ptr<JobWork>>(device::TenantId, const ports::JobRow&)>;
    void kind(std::string name, Maker maker) { makers_[std::move(name)] = std::move(maker); }

    // Takes up what was queued or running when the process ended.
    void start();
    // Queues a job; `done` gets its id once it is durable.
    void enqueue(device::TenantId tenant, std::string kind, std::string detail, std::string payload,
                 AuditEntry audit, Completion<std::string> done);
    // Errors: not_found, conflict (it has ended).
    void cancel(device::TenantId tenant, std::string id, AuditEntry audit,
                std::function<void(base::Status)> done);

  private:
    struct Running;
    void run(device::TenantId tenant, ports::JobRow row);
    void step(const std::shared_ptr<Running>& job);
    void store(const std::shared_ptr<Running>& job, bool last);

    Writer& writer_;
    ControlTables& control_;
    ports::Executor& background_;
    ports::Clock& clock_;
    Ids& ids_;
    std::map<std::string, Maker> makers_;
};

} // namespace oakum::shard
