// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/rollouts_service.hpp>
#include <atomic>
#include <base/thread_annotations.hpp>
#include <floors/floors.hpp>
#include <functional>
#include <map>
#include <schedule/zones.hpp>

namespace oakum::server {

// So many deployments of one rollout are read for a view, the newest.

// The risk that a rollout's scope carries, before and now; nothing when it cannot be told.
using ScopeRisk = std::function<std::pair<std::optional<double>, std::optional<double>>(
    device::TenantId, const ports::RolloutRow&)>;

class RolloutsService final : public api::RolloutsService {
  public:
    // `plays`: a thread for rehearsals alone.
    RolloutsService(Context context, rollouts::Rollouts& rollouts, floors::Floors& floors, ScopeRisk risk,
                    schedule::Zones& zones, ports::Executor& plays)
        : context_(context), rollouts_(rollouts), floors_(floors), risk_(std::move(risk)), zones_(zones),
          plays_(plays) {
        rollouts_.when_one_begins(
            [this](device::TenantId tenant, rollout::RolloutId id) { keep_risk(tenant, id); });
    }
    ~RolloutsService() override { rollouts_.when_one_begins({}); }
    RolloutsService(const RolloutsService&) = delete;
    RolloutsService& operator=(const RolloutsService&) = delete;

    void list(const access::Actor& actor, std::optional<rollout::State> state, api::PageRequest page,
              api::Answer<api::Page<api::RolloutSummary>> answer) override;
    void get(const access::Actor& actor, rollout::RolloutId id, api::Answer<api::Rollout> answer) override;
    void create(const access::Actor& actor, api::PlanNew plan, api::Answer<api::Rollout> answer) override;
    void act(const access::Actor& actor, rollout::RolloutId id, api::RolloutAction action, std::string why,
             std::optional<base::Digest256> seen, api::Answer<api::Rollout> answer) override;
    void change(const access::Actor& actor, rollout::RolloutId id, api::WavesChange change,
                api::Answer<api::Rollout> answer) override;
    void devices(const access::Actor& actor, rollout::RolloutId id, api::DeploymentFilter filter,
                 api::PageRequest page, api::Answer<api::Page<api::Deployment>> answer) override;
    void decisions(const access::Actor& actor, rollout::RolloutId id, api::PageRequest page,
                   api::Answer<api::Page<api::RolloutDecision>> answer) override;
    void times(const access::Actor& actor, rollout::RolloutId id,
               api::Answer<api::RolloutTimes> answer) override;
    void rehearse(const access::Actor& actor, rollout::RolloutId id,
                  api::Answer<rehearsal::Report> answer) override;
    // No rehearsal is played to its end any more: the server is about to stop.
    void stop_rehearsals() { stopping_ = true; }
    void explain(const access::Actor& actor, rollout::RolloutId id,
                 api::Answer<explain::Explanation> answer) override;

  private:
    // Whom it reaches, as it was looked at last: looking again at once would cost more than it tells.
    rollouts::Reach reach(device::TenantId tenant, const ports::RolloutRow& row) const;
    // What else costs a look at each device in scope; kept as long as `reach` would be.
    struct Walked {
        std::uint64_t row_version = 0;
        base::Duration at{};
        std::uint64_t looked = 0;
        std::vector<std::uint32_t> members;      // by wave; empty of one that runs
        std::optional<rollouts::GateState> gate; // nothing of one that runs
        std::map<std::string, std::uint32_t> without_return;
    };
    Walked walked(device::TenantId tenant, const ports::RolloutRow& row) const;
    api::RolloutSummary summary(device::TenantId tenant, const ports::RolloutRow& row,
                                const rollouts::Reach& reach) const;
    base::Result<api::Rollout> whole(device::TenantId tenant, rollout::RolloutId id) const;
    // What went wrong on its devices, as far as people are told on its page.
    struct Troubles {
        std::uint64_t row_version = 0, looked = 0;
        base::Duration at{}; // of monotonic time
        std::vector<api::Rollout::Failure> failures;
        std::uint32_t cannot_roll_back = 0;
    };
    base::Result<Troubles> troubles(device::TenantId tenant, const ports::RolloutRow& row) const;
    void create_of_floor(const access::Actor& actor, api::PlanNew plan, api::Answer<api::Rollout> answer);
    void keep_risk(device::TenantId tenant, rollout::RolloutId id);
    void answer_whole(device::TenantId tenant, rollout::RolloutId id, api::Answer<api::Rollout> answer);

    Context context_;
    rollouts::Rollouts& rollouts_;
    floors::Floors& floors_;
    ScopeRisk risk_;
    schedule::Zones& zones_;
    ports::Executor& plays_;
    std::atomic<int> rehearsing_{0}; // asked for and not answered
    std::atomic<bool> stopping_{false};
    struct Looked {
        std::uint64_t row_version = 0;
        base::Duration at{}; // of monotonic time
        rollouts::Reach reach;
    };
    mutable base::Mutex mutex_;
    mutable std::map<std::pair<device::TenantId, rollout::RolloutId>, Looked> looked_ GUARDED_BY(mutex_);
    mutable std::map<std::pair<device::TenantId, rollout::RolloutId>, Walked> walked_ GUARDED_BY(mutex_);
    mutable std::map<std::pair<device::TenantId, rollout::RolloutId>, Troubles> troubles_ GUARDED_BY(mutex_);
};

// Also used by a device's page.
api::Deployment deployment_view(const Context& context, device::TenantId tenant,
                                const ports::DeploymentRow& row);

} // namespace oakum::server
