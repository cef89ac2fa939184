// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/store.hpp>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace oakum::memory {

// What a store holds, as plain maps; a value. The rules are those of tests/contract/store_contract.hpp.
class Tables {
  public:
    // All rows or none. The number of the last change. Errors: conflict.
    base::Result<std::uint64_t> commit(const ports::Batch& batch);

    base::Status load(const ports::Loader::Visit& visit) const;
    base::Status load(ports::TenantId tenant, ports::ShardId shard, const ports::Loader::Visit& visit) const;

    std::vector<ports::DeviceEventRow> device_events(ports::TenantId tenant, ports::DeviceId device,
                                                     std::optional<base::TimePoint> before,
                                                     std::size_t limit) const;
    std::vector<ports::DeviceSetRow> device_sets(ports::TenantId tenant, ports::DeviceId device) const;
    std::vector<ports::DeploymentRow> deployments(ports::TenantId tenant, ports::DeviceId device,
                                                  std::size_t limit) const;
    std::vector<ports::DeviceHistory>
    device_histories(ports::TenantId tenant, std::optional<ports::DeviceId> after, std::size_t limit) const;
    std::vector<ports::DeploymentRow> deployments_of(ports::TenantId tenant, ports::RolloutId rollout) const;
    std::vector<ports::SetFindingRow> set_findings(ports::TenantId tenant, ports::SetId set,
                                                   bool closed_too) const;
    std::vector<ports::AuditRow> audit(ports::TenantId tenant, std::uint64_t after, std::size_t limit) const;
    std::vector<ports::ChangeRow> changes(ports::TenantId tenant, std::uint64_t after,
                                          std::size_t limit) const;
    std::vector<ports::RolloutDecisionRow> decisions(ports::TenantId tenant, ports::RolloutId rollout) const;
    std::vector<ports::FiguresRow> figures(ports::TenantId tenant, ports::GroupId group, base::TimePoint from,
                                           base::TimePoint to) const;
    std::vector<ports::FiguresRow> figures_of_day(ports::TenantId tenant, base::TimePoint day) const;
    std::vector<ports::MarkRow> marks(ports::TenantId tenant, ports::GroupId group, base::TimePoint from,
                                      base::TimePoint to) const;
    std::vector<ports::EditedDeviceRow> edited_devices(ports::TenantId tenant, ports::EditId edit,
                                                       std::optional<ports::DeviceId> after,
                                                       std::size_t limit) const;
    ports::Loader::Changes newest_changes(std::size_t limit) const;
    std::uint64_t last_change() const { return changes_.size(); }

  private:
    using Place = std::pair<ports::TenantId, ports::ShardId>;
    // The kind of a row and what identifies it within its place.
    using Key = std::pair<std::size_t, std::string>;

    template <class Row> void put(Place place, const Row& row);
    template <class Row> void interval(std::vector<Row>& rows, const Row& row);
    const ports::Row* find(Place place, const Key& key) const;

    // Rows that have one present value each: by place, then kind and key.
    std::map<Place, std::map<Key, ports::Row>> rows_;
    std::map<std::pair<ports::TenantId, ports::DeviceId>, std::vector<ports::DeviceEventRow>> events_;
    std::map<std::tuple<ports::TenantId, ports::DeviceId, ports::Layer>, std::vector<ports::DeviceSetRow>>
        device_sets_;
    using FindingKey = std::tuple<ports::TenantId, ports::SetId, std::string, ports::ComponentId>;
    std::map<FindingKey, std::vector<ports::SetFindingRow>> findings_;
    std::map<ports::TenantId, std::vector<ports::AuditRow>> audit_;
    std::map<std::pair<ports::TenantId, ports::RolloutId>, std::vector<ports::RolloutDecisionRow>> decisions_;
    std::map<std::tuple<ports::TenantId, ports::GroupId, base::TimePoint>, ports::FiguresRow> figures_;
    using MarkKey = std::tuple<ports::TenantId, base::TimePoint, std::string, std::string, ports::GroupId>;
    std::map<MarkKey, ports::MarkRow> marks_;
    std::map<std::pair<ports::TenantId, ports::EditId>,
             std::map<std::pair<ports::ShardId, ports::DeviceId>, ports::EditedDeviceRow>>
        edited_;
    std::vector<std::pair<ports::TenantId, ports::ChangeRow>> changes_;
};

} // namespace oakum::memory
