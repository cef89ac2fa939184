// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/knowledge.hpp>
#include <base/thread_annotations.hpp>
#include <fleet/core.hpp>
#include <shard/jobs.hpp>

#include <atomic>
#include <set>

namespace oakum::assessment {

// Imports feeds, compiles them, and keeps the verdicts of every software set: in memory with their evidence,
// in the store as intervals. Work runs on `background`, never on the writer's thread.
class Assessor {
  public:
    Assessor(fleet::Core& core, ports::FeedFiles& files, shard::Jobs& jobs, ports::Executor& background,
             base::LogSink& log);

    // Before Jobs::start: the kinds of jobs.
    void register_jobs();
    // After the writer has loaded: opens the compiled file and assesses what the store's sets need. Blocking.
    base::Status start();

    // A feed that has arrived becomes a job: read and counted, kept, compiled, reassessed. `done` gets the
    // job's id. Errors: denied.
    void import_feed(access::Actor actor, std::string incoming, std::string file_name,
                     shard::Completion<std::string> done);

    // Any thread.
    std::shared_ptr<const Knowledge> knowledge() const { return knowledge_.load(); }
    std::shared_ptr<const AssessedFleet> fleet(device::TenantId tenant) const;
    // The set assessed now if it was not yet (a release's SBOM): never stored. Any thread, may take
    // milliseconds.
    std::shared_ptr<const AssessedSet> assess(device::TenantId tenant, device::SetId set) const;

    // Work of the job "feed import", public for its maker.
    class Import;

  private:
    void reassess(device::TenantId tenant, std::vector<device::SetId> sets,
                  std::function<void(base::Status)> done);
    void publish(device::TenantId tenant, std::vector<std::shared_ptr<const AssessedSet>> assessed,
                 std::vector<device::SetId> ids, bool whole);
    void assess_new();
    base::Status open_compiled();

    fleet::Core& core_;
    ports::FeedFiles& files_;
    shard::Jobs& jobs_;
    ports::Executor& background_;
    base::LogSink& log_;
    // Shared because readers may still hold what is being replaced.
    std::atomic<std::shared_ptr<const Knowledge>> knowledge_;
    mutable base::Mutex mutex_;
    std::map<device::TenantId, std::shared_ptr<const AssessedFleet>> fleets_ GUARDED_BY(mutex_);
    std::set<std::pair<device::TenantId, device::SetId>>
        waiting_ GUARDED_BY(mutex_); // new sets, not assessed yet
};

} // namespace oakum::assessment
