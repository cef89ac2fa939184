// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <memory/tables.hpp>
#include <ports/clock.hpp>
#include <ports/daily_records.hpp>

namespace oakum::memory {

// A store that lives as long as its process: for tests, benchmarks and trials. Commits at once; `done` is
// posted to the executor. Reading is safe from any thread.
class Store final : public ports::Journal,
                    public ports::Loader,
                    public ports::History,
                    public ports::DailyRecords {
  public:
    explicit Store(ports::Executor& executor) : executor_(executor) {}

    void commit(ports::Batch batch, std::function<void(base::Result<std::uint64_t>)> done) override;
    base::Status load_all(const Visit& row) override;
    base::Status load_shard(ports::TenantId tenant, ports::ShardId shard, const Visit& row) override;
    base::Result<Changes> load_changes(std::size_t limit) override;

    base::Result<std::vector<ports::DeviceEventRow>> device_events(ports::TenantId tenant,
                                                                   ports::DeviceId device,
                                                                   std::optional<base::TimePoint> before,
                                                                   std::size_t limit) override;
    base::Result<std::vector<ports::DeviceSetRow>> device_sets(ports::TenantId tenant,
                                                               ports::DeviceId device) override;
    base::Result<std::vector<ports::DeploymentRow>>
    deployments(ports::TenantId tenant, ports::DeviceId device, std::size_t limit) override;
    base::Result<std::vector<ports::SetFindingRow>> set_findings(ports::TenantId tenant, ports::SetId set,
                                                                 bool closed_too) override;
    base::Result<std::vector<ports::AuditRow>> audit(ports::TenantId tenant, std::uint64_t after,
                                                     std::size_t limit) override;
    base::Result<std::vector<ports::ChangeRow>> changes(ports::TenantId tenant, std::uint64_t after,
                                                        std::size_t limit) override;
    base::Result<std::vector<ports::RolloutDecisionRow>> decisions(ports::TenantId tenant,
                                                                   ports::RolloutId rollout) override;
    base::Result<std::vector<ports::DeviceHistory>> device_histories(ports::TenantId tenant,
                                                                     std::optional<ports::DeviceId> after,
                                                                     std::size_t limit) override;
    base::Status each_deployment_of(ports::TenantId tenant, ports::RolloutId rollout,
                                    const std::function<bool(const ports::DeploymentRow&)>& take) override;

    base::Result<std::vector<ports::FiguresRow>> figures(ports::TenantId tenant, ports::GroupId group,
                                                         base::TimePoint from, base::TimePoint to) override;
    base::Result<std::vector<ports::FiguresRow>> figures_of_day(ports::TenantId tenant,
                                                                base::TimePoint day) override;
    base::Result<std::optional<base::TimePoint>> first_day(ports::TenantId tenant,
                                                           ports::GroupId group) override;
    base::Result<std::vector<ports::MarkRow>> marks(ports::TenantId tenant, ports::GroupId group,
                                                    base::TimePoint from, base::TimePoint to) override;
    base::Result<std::vector<ports::EditedDeviceRow>> edited_devices(ports::TenantId tenant,
                                                                     ports::EditId edit,
                                                                     std::optional<ports::DeviceId> after,
                                                                     std::size_t limit) override;
    // A copy of what is durable now.
    Tables tables() const;
    std::uint64_t last_change() const;

  protected:
    base::Result<std::uint64_t> apply(const ports::Batch& batch);
    ports::Executor& executor_;

  private:
    mutable base::SharedMutex mutex_;
    Tables tables_ GUARDED_BY(mutex_);
};

} // namespace oakum::memory
