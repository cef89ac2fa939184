// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/assessor.hpp>
#include <feed_sync/sources.hpp>
#include <feed_sync/walk.hpp>

#include <atomic>

namespace oakum::feed_sync {

struct SyncTools {
    ports::Fetcher& fetcher;
    ports::FeedFiles& files;
    ports::Random& random;
    ports::Executor& looks;   // sees what is due
    ports::Executor& fetches; // blocks while a source is fetched
    ports::Executor& tests;   // blocks while one is tried out
    // Blocks for so long, or until it is stopped.
    std::function<void(base::Duration, const std::function<bool()>& stopped)> pause;
};

struct Tested {
    bool reached = false;
    std::string sentence;
};

// Syncs sources: those that are switched on when it is time, and one that a person asks for. One source is
// fetched after the other.
class Sync {
  public:
    Sync(fleet::Core& core, Sources& sources, assessment::Assessor& assessor, shard::Jobs& jobs,
         SyncTools tools, base::LogSink& log);

    // Before Jobs::start: the kind of jobs.
    void register_jobs();
    // After the writer has loaded.
    void start();
    // Before the executors end: nothing is begun any more, and what is fetched stops.
    void stop() { stopped_ = true; }

    // Now, also one that is switched off. `done` gets the job's id. Errors: denied, not_found, conflict (it
    // is under way).
    void sync(const access::Actor& actor, std::string name, assessment::Force force,
              shard::Completion<std::string> done);
    // Errors: denied, not_found.
    void test(const access::Actor& actor, std::string name, shard::Completion<Tested> done);

  private:
    class Work;
    void look_now_and_then();
    void look(device::TenantId tenant);
    void enqueue(device::TenantId tenant, const std::string& name, const std::string& actor,
                 assessment::Force force, shard::Completion<std::string> done);

    fleet::Core& core_;
    Sources& sources_;
    assessment::Assessor& assessor_;
    shard::Jobs& jobs_;
    const SyncTools tools_;
    base::LogSink& log_;
    std::atomic<bool> stopped_{false};
};

} // namespace oakum::feed_sync
