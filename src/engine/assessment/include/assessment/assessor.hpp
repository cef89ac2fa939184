// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/arrival.hpp>
#include <assessment/deadlines.hpp>
#include <assessment/in_force.hpp>
#include <assessment/pass.hpp>
#include <assessment/support_data.hpp>
#include <base/thread_annotations.hpp>
#include <fleet/core.hpp>
#include <shard/jobs.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace oakum::assessment {

// What an import needs to be begun, and to be resumed.
std::string import_payload(const Arrivals& arrivals);

// The work of an import, for a job that fetches first.
class ImportWork : public shard::JobWork {
  public:
    // Of each that arrived, in order; complete when it has ended.
    virtual std::vector<Imported> imported() const = 0;
};

// Imports feeds, compiles them, and keeps the verdicts of every software set on its platform: in memory with
// their evidence, in the store as intervals. Work runs on `background`, never on the writer's thread.
class Assessor {
  public:
    Assessor(fleet::Core& core, ports::FeedFiles& files, shard::Jobs& jobs, ports::Executor& background,
             base::LogSink& log);

    // Before Jobs::start: the kinds of jobs.
    void register_jobs();
    // After the writer has loaded: opens the compiled file and assesses what the store's sets need. Blocking.
    base::Status start();

    // The compiled file is another one: reads it and assesses every tenant's fleet by it; findings are noted
    // afterwards. Blocking; one caller at a time.
    base::Status reload();

    // A feed that has arrived becomes a job: read and counted, kept, compiled, reassessed. `done` gets the
    // job's id. Errors: denied.
    void import_feed(access::Actor actor, std::string incoming, std::string file_name, Force force,
                     shard::Completion<std::string> done);
    // The same as part of another job. Errors: invalid (the payload).
    base::Result<std::unique_ptr<ImportWork>> import_work(device::TenantId tenant,
                                                          const std::string& payload);

    // Who publishes these kept feeds said again that this is what there is: they are of now.
    void confirm(device::TenantId tenant, const std::vector<std::string>& kept);

    // Any thread.
    std::shared_ptr<const Knowledge> knowledge() const { return knowledge_.load(); }
    std::shared_ptr<const AssessedFleet> fleet(device::TenantId tenant) const;
    // By which policy findings have to be fixed until when. What is asked of the fleet follows a change.
    Deadlines& deadlines() { return deadlines_; }
    const Deadlines& deadlines() const { return deadlines_; }
    // Until when what runs is mended by its makers.
    SupportData& support() { return support_; }
    const SupportData& support() const { return support_; }
    // The set assessed now if it was not yet (a release's SBOM): never stored. Any thread, may take
    // milliseconds.
    std::shared_ptr<const AssessedSet> assess(device::TenantId tenant, device::SetId set,
                                              device::SetId on = {}) const;

    // Work of the job "feed import", public for its maker.
    class Import;

  private:
    // Everything, or these subjects alone.
    void reassess(device::TenantId tenant, std::optional<std::vector<fleet::Subject>> only = std::nullopt);
    using Assessed = std::vector<std::pair<fleet::Subject, Pass::Outcome>>;
    bool publish(device::TenantId tenant, const std::shared_ptr<const Knowledge>& knowledge,
                 const Assessed& assessed, bool whole);
    // Brings the store's open findings to what was found, little by little. `whole`: by every subject.
    // `knows`: there are advisories.
    void note_findings(device::TenantId tenant, const Assessed& assessed, bool whole, bool knows);
    void note_also(device::TenantId tenant, const std::vector<device::SetId>& subjects);
    void note_next(device::TenantId tenant);
    // Calls it when nothing is left to note, or for now cannot be.
    void when_noted(device::TenantId tenant, std::function<void()> then);
    void note(const shard::Committed& committed);
    void assess_new();
    // Takes in what was decided about findings meanwhile: no set is assessed again.
    void put_in_force(device::TenantId tenant);
    // Queries then know it too: of every set, or of those that were assessed now.
    void tell_decisions(device::TenantId tenant, const Assessed* only = nullptr);
    // And of what nothing could be assessed.
    void tell_unassessed(device::TenantId tenant, const Assessed& assessed, bool whole);
    base::Status open_compiled();
    // Everything that is kept, compiled into the file that is then read.
    base::Status compile_kept();
    void note_compiled(const std::string& notices);
    bool lacks_notices() const;
    // The same in the background, with what follows from it.
    void compile_soon();
    bool is_import_under_way() const;
    // What EPSS said on earlier days, and also on this one.
    risk::EpssHistory scores() const;
    base::Status remember(base::TimePoint day, const std::vector<advisory::EpssScore>& scores);

    fleet::Core& core_;
    Deadlines deadlines_;
    SupportData support_;
    ports::FeedFiles& files_;
    shard::Jobs& jobs_;
    ports::Executor& background_;
    base::LogSink& log_;
    // Shared because readers may still hold what is being replaced.
    std::atomic<std::shared_ptr<const Knowledge>> knowledge_;
    std::atomic<bool> stale_{false};                     // a kept feed is not in the compiled file
    std::map<std::string, base::TimePoint> newest_kept_; // the jobs' thread only
    base::Mutex compile_mutex_;
    base::Mutex telling_mutex_; // taken before `mutex_`
    std::map<device::TenantId, std::shared_ptr<const InForce>> told_ GUARDED_BY(telling_mutex_);
    base::Mutex pass_mutex_; // held for a whole pass, and taken before the other
    std::map<device::TenantId, Pass> passes_ GUARDED_BY(pass_mutex_);
    mutable base::Mutex mutex_;
    struct Unnoted {
        std::set<device::SetId> subjects;
        bool in_step = false; // they and the store's findings are what was assessed last
        bool busy = false;    // a command is under way
        std::vector<std::function<void()>> waited;
    };
    std::map<device::TenantId, Unnoted> unnoted_ GUARDED_BY(mutex_);
    std::map<device::TenantId, std::shared_ptr<const AssessedFleet>> fleets_ GUARDED_BY(mutex_);
    std::set<std::tuple<device::TenantId, device::SetId, device::SetId>>
        seen_ GUARDED_BY(mutex_); // sets and what lies beneath
    std::map<device::TenantId, std::vector<fleet::Subject>> waiting_ GUARDED_BY(mutex_); // not assessed yet
};

} // namespace oakum::assessment
