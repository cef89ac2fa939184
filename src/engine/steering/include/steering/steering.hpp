// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/connectors.hpp>
#include <connectors/steerer.hpp>
#include <floor/steering.hpp>
#include <rollouts/rollouts.hpp>

#include <base/thread_annotations.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oakum::steering {

// What phones of a connector are told, and what their inventory proves. One object a process.
class Steering final : public connectors::Steerer {
  public:
    // What Apple offers to which model; null: not known.
    using Offered = std::function<std::shared_ptr<const floor::Offered>()>;
    Steering(fleet::Core& core, rollouts::Rollouts& rollouts, Offered offered, base::LogSink& log)
        : core_(core), rollouts_(rollouts), offered_(std::move(offered)), log_(log) {}

    // Phones that Oakum itself manages are told too; before `start`.
    void with_own() { own_ = true; }
    // Before Rollouts::start: from then on it knows which connectors may be written to.
    void start();

    void look(device::TenantId tenant, const std::string& connector, std::function<void()> done) override;
    std::vector<connectors::Task> tasks(device::TenantId tenant, const std::string& connector) const override;
    bool has_tasks(device::TenantId tenant, const std::string& connector) const override;
    void begin(device::TenantId tenant, const std::string& connector, const connectors::Task& task,
               const ports::ManagementChange& change, std::function<void(base::Status)> done) override;
    void end(device::TenantId tenant, const std::string& connector, const connectors::Task& task,
             const base::Status& sent, std::function<void(base::Status)> done) override;

  private:
    // One phone as it stands when its connector was read.
    struct Seen {
        device::DeviceId device;
        std::optional<ports::DeploymentRow> row; // of a rollout that asks for a level
        floor::Policy level;                     // of that
        std::string version;                     // of its release
        floor::Phone phone;
        bool would_be_offered = false;
        std::string id, from, to, runs, policy; // the system's id; what was set before, by us, and is set now
    };
    // Whose phones are looked at, and what is read once for all of them.
    struct Looking {
        device::TenantId tenant;
        // id_key: the fact that holds the system's own id; empty: it is ours.
        std::string connector, id_key;
        std::map<ports::ReleaseId, std::optional<rollouts::Level>> levels{};
    };
    struct Noting;

    void note_steered();
    std::shared_ptr<const rollouts::Steered> steered(device::TenantId tenant);
    // Nothing: there is no such connector.
    std::optional<Looking> looking_at(device::TenantId tenant, const std::string& connector) const;
    std::vector<device::DeviceId> concerned(const Looking& looking) const;
    const rollouts::Level* level(Looking& looking, ports::ReleaseId release) const;
    // Nothing: it is not a phone that the connector follows.
    std::optional<Seen> see(Looking& looking, device::DeviceId device) const;
    void offer(device::TenantId tenant, device::DeviceId device, const std::shared_ptr<Noting>& all);
    // Phones that fell quiet, or spoke again, since that was noted last.
    std::vector<device::DeviceId> turned(device::TenantId tenant, const std::string& connector) const;
    void note_turned(device::TenantId tenant, device::DeviceId device, const std::shared_ptr<Noting>& all);
    void note(device::TenantId tenant, const Seen& seen, floor::Deed deed,
              const std::shared_ptr<Noting>& all);
    // Still what it was when it was planned. Within a command. Errors: conflict.
    base::Status check_still(const shard::Transaction& transaction, const std::string& connector,
                             const connectors::Task& task) const;
    base::Status check_seen(Looking looking, const connectors::Task& task, base::TimePoint now) const;
    void keep_refused(device::TenantId tenant, const connectors::Task& task, const base::Error& why,
                      std::function<void(base::Status)> done);
    bool was_refused(device::TenantId tenant, device::DeviceId device) const;
    void report(device::TenantId tenant, device::DeviceId device, ports::DeploymentId id,
                install::ReportSeen report, std::function<void(base::Status)> done);
    void forget(device::TenantId tenant, device::DeviceId device, std::string sentence,
                std::function<void(base::Status)> done);

    fleet::Core& core_;
    rollouts::Rollouts& rollouts_;
    const Offered offered_;
    bool own_ = false;
    base::LogSink& log_;
    mutable base::Mutex mutex_;
    // Shared with the rollouts of a board; one object until something changes.
    std::map<device::TenantId, std::shared_ptr<const rollouts::Steered>> steered_ GUARDED_BY(mutex_);
    // Whose own policy could not be set again: each sync tries, but none comes sooner for them. In this
    // process.
    std::set<std::pair<device::TenantId, device::DeviceId>> refused_ GUARDED_BY(mutex_);
};

} // namespace oakum::steering
