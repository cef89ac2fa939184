// SPDX-License-Identifier: Apache-2.0
#include <memory/store.hpp>

namespace oakum::memory {

using namespace ports;

base::Result<std::uint64_t> Store::apply(const Batch& batch) {
    base::ExclusiveLock lock(mutex_);
    return tables_.commit(batch);
}

void Store::commit(Batch batch, std::function<void(base::Result<std::uint64_t>)> done) {
    executor_.post([done = std::move(done), result = apply(batch)]() mutable { done(std::move(result)); });
}

base::Status Store::load_all(const Visit& row) {
    // A copy, so that a visitor may take its time.
    return tables().load(row);
}

base::Status Store::load_shard(TenantId tenant, ShardId shard, const Visit& row) {
    base::SharedLock lock(mutex_);
    return tables_.load(tenant, shard, row);
}

base::Result<Loader::Changes> Store::load_changes(std::size_t limit) {
    base::SharedLock lock(mutex_);
    return tables_.newest_changes(limit);
}

Tables Store::tables() const {
    base::SharedLock lock(mutex_);
    return tables_;
}

std::uint64_t Store::last_change() const {
    base::SharedLock lock(mutex_);
    return tables_.last_change();
}

base::Result<std::vector<DeviceEventRow>> Store::device_events(TenantId tenant, DeviceId device,
                                                               std::optional<base::TimePoint> before,
                                                               std::size_t limit) {
    base::SharedLock lock(mutex_);
    return tables_.device_events(tenant, device, before, limit);
}

base::Result<std::vector<DeviceSetRow>> Store::device_sets(TenantId tenant, DeviceId device) {
    base::SharedLock lock(mutex_);
    return tables_.device_sets(tenant, device);
}

base::Result<std::vector<DeploymentRow>> Store::deployments(TenantId tenant, DeviceId device,
                                                            std::size_t limit) {
    base::SharedLock lock(mutex_);
    return tables_.deployments(tenant, device, limit);
}

base::Result<std::vector<SetFindingRow>> Store::set_findings(TenantId tenant, SetId set, bool closed_too) {
    base::SharedLock lock(mutex_);
    return tables_.set_findings(tenant, set, closed_too);
}

base::Result<std::vector<AuditRow>> Store::audit(TenantId tenant, std::uint64_t after, std::size_t limit) {
    base::SharedLock lock(mutex_);
    return tables_.audit(tenant, after, limit);
}

base::Result<std::vector<ChangeRow>> Store::changes(TenantId tenant, std::uint64_t after, std::size_t limit) {
    base::SharedLock lock(mutex_);
    return tables_.changes(tenant, after, limit);
}

base::Result<std::vector<RolloutDecisionRow>> Store::decisions(TenantId tenant, RolloutId rollout) {
    base::SharedLock lock(mutex_);
    return tables_.decisions(tenant, rollout);
}

base::Result<std::vector<DeviceHistory>>
Store::device_histories(TenantId tenant, std::optional<DeviceId> after, std::size_t limit) {
    base::SharedLock lock(mutex_);
    return tables_.device_histories(tenant, after, limit);
}

base::Status Store::each_deployment_of(TenantId tenant, RolloutId rollout,
                                       const std::function<bool(const DeploymentRow&)>& take) {
    base::SharedLock lock(mutex_);
    for (const DeploymentRow& row : tables_.deployments_of(tenant, rollout))
        if (!take(row)) break;
    return {};
}

base::Result<std::vector<FiguresRow>> Store::figures(TenantId tenant, GroupId group, base::TimePoint from,
                                                     base::TimePoint to) {
    base::SharedLock lock(mutex_);
    return tables_.figures(tenant, group, from, to);
}

base::Result<std::vector<FiguresRow>> Store::figures_of_day(TenantId tenant, base::TimePoint day) {
    base::SharedLock lock(mutex_);
    return tables_.figures_of_day(tenant, day);
}

base::Result<std::optional<base::TimePoint>> Store::first_day(TenantId tenant, GroupId group) {
    base::SharedLock lock(mutex_);
    const auto all = tables_.figures(tenant, group, base::TimePoint::min(), base::TimePoint::max());
    return all.empty() ? std::nullopt : std::optional(all.front().day);
}

base::Result<std::vector<MarkRow>> Store::marks(TenantId tenant, GroupId group, base::TimePoint from,
                                                base::TimePoint to) {
    base::SharedLock lock(mutex_);
    return tables_.marks(tenant, group, from, to);
}

base::Result<std::vector<EditedDeviceRow>>
Store::edited_devices(TenantId tenant, EditId edit, std::optional<DeviceId> after, std::size_t limit) {
    base::SharedLock lock(mutex_);
    return tables_.edited_devices(tenant, edit, after, limit);
}

} // namespace oakum::memory
