// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/daily_records.hpp>
#include <ports/evidence.hpp>
#include <ports/store.hpp>
#include <sqlite/options.hpp>

#include <memory>

namespace oakum::sqlite {

// Answers from a few read connections, opened when first needed. A call that finds all of them busy for the
// busy timeout gets unavailable. A limit above 10,000 is taken as 10,000.
class SqliteHistory final : public ports::History, public ports::DailyRecords, public ports::Ages {
  public:
    explicit SqliteHistory(const StoreOptions& options);
    ~SqliteHistory() override;

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
    base::Result<std::vector<ports::EditedDeviceRow>> edited_devices(ports::TenantId tenant,
                                                                     ports::EditId edit,
                                                                     std::optional<ports::DeviceId> after,
                                                                     std::size_t limit) override;

    base::Result<Counted> count_older(ports::TenantId tenant, const ports::Older& than) override;

    base::Result<std::vector<ports::FiguresRow>> figures(ports::TenantId tenant, ports::GroupId group,
                                                         base::TimePoint from, base::TimePoint to) override;
    base::Result<std::vector<ports::FiguresRow>> figures_of_day(ports::TenantId tenant,
                                                                base::TimePoint day) override;
    base::Result<std::optional<base::TimePoint>> first_day(ports::TenantId tenant,
                                                           ports::GroupId group) override;
    base::Result<std::vector<ports::MarkRow>> marks(ports::TenantId tenant, ports::GroupId group,
                                                    base::TimePoint from, base::TimePoint to) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::sqlite
