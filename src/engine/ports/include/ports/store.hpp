// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <functional>
#include <string>
#include <vector>

namespace oakum::ports {

// What makes commits durable. One commit is under way at a time; `done` is posted to the engine's executor.
// When it reports an error nothing of the batch is durable. Errors: unavailable (disk full, store lost),
// conflict (a row_version that does not follow the stored one).
class Journal {
  public:
    virtual ~Journal() = default;
    // `done` gets the number of the last change of the batch.
    virtual void commit(Batch batch, std::function<void(base::Result<std::uint64_t>)> done) = 0;
};

// What is read once, at start or when a shard's memory was dropped. Blocking; each row goes to `row` in the
// order: control tables first, then shard by shard. Append-only tables (events, audit, changes, decisions)
// and closed intervals are not loaded. The newest AuditRow of each tenant is.
class Loader {
  public:
    virtual ~Loader() = default;
    using Visit = std::function<base::Status(TenantId, ShardId, Row)>;
    virtual base::Status load_all(const Visit& row) = 0;
    virtual base::Status load_shard(TenantId tenant, ShardId shard, const Visit& row) = 0;
};

// What is read when somebody asks, never on the path of a device. Blocking, callable from several threads.
class History {
  public:
    virtual ~History() = default;
    // Newest first, at most `limit`, older than `before` (exclusive) when given.
    virtual base::Result<std::vector<DeviceEventRow>> device_events(TenantId tenant, DeviceId device,
                                                                    std::optional<base::TimePoint> before,
                                                                    std::size_t limit) = 0;
    virtual base::Result<std::vector<DeviceSetRow>> device_sets(TenantId tenant, DeviceId device) = 0;
    virtual base::Result<std::vector<DeploymentRow>> deployments(TenantId tenant, DeviceId device,
                                                                 std::size_t limit) = 0;
    virtual base::Result<std::vector<SetFindingRow>> set_findings(TenantId tenant, SetId set,
                                                                  bool closed_too) = 0;
    // Ascending from `after` (exclusive).
    virtual base::Result<std::vector<AuditRow>> audit(TenantId tenant, std::uint64_t after,
                                                      std::size_t limit) = 0;
    virtual base::Result<std::vector<ChangeRow>> changes(TenantId tenant, std::uint64_t after,
                                                         std::size_t limit) = 0;
    virtual base::Result<std::vector<RolloutDecisionRow>> decisions(TenantId tenant, RolloutId rollout) = 0;
    virtual base::Result<std::vector<DeploymentRow>> rollout_deployments(TenantId tenant, RolloutId rollout,
                                                                         std::size_t limit) = 0;
};

} // namespace oakum::ports
