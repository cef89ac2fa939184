// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
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
// order: control tables first, then shard by shard. Append-only tables (events, audit, changes, decisions),
// closed intervals and the intervals of devices' sets (their rows name the open ones) are not loaded. The
// newest AuditRow of each tenant is.
class Loader {
  public:
    virtual ~Loader() = default;
    // The row is the visitor's to take.
    using Visit = std::function<base::Status(TenantId, ShardId, Row&&)>;
    virtual base::Status load_all(const Visit& row) = 0;
    virtual base::Status load_shard(TenantId tenant, ShardId shard, const Visit& row) = 0;
    // The newest changes of all tenants, at most `limit`, and the number that was given last, whether or not
    // its change is still stored: what the change feed goes on from after a restart.
    struct Changes {
        std::uint64_t last = 0;
        std::vector<std::pair<TenantId, ChangeRow>> newest; // ascending
    };
    virtual base::Result<Changes> load_changes(std::size_t limit) = 0;
};

// What is older than these goes. Audit records, decisions and intervals stay for ever.
struct Retention {
    base::TimePoint events_before{}; // zero: not looked for, since it takes a look at each device
    base::TimePoint changes_before{};
    base::TimePoint idempotency_before{};
    base::TimePoint sessions_before{}; // sessions and sign-in links, by the time when they ended
    base::TimePoint tokens_before{};   // other tokens, by the time when they ended
    base::TimePoint jobs_before{};     // jobs, by the time when they ended
    base::TimePoint alarms_before{};   // alarms, by the time when they were closed
    base::TimePoint messages_before{}; // messages, by the time when they ended
    base::TimePoint edits_before{};    // edits with what they did, by the time when they began
};
bool outlived(const IdempotencyRow& row, const Retention& retention);
bool outlived(const TokenRow& row, const Retention& retention);
bool outlived(const JobRow& row, const Retention& retention);
bool outlived(const AlarmRow& row, const Retention& retention);
bool outlived(const MessageRow& row, const Retention& retention);
bool outlived(const EditRow& row, const Retention& retention);

// What makes a store forget. Blocking, callable from any thread.
class Pruner {
  public:
    virtual ~Pruner() = default;
    struct Pruned {
        std::uint64_t rows = 0;
        bool finished = false; // the round over all shards is through
    };
    // One short step, so that commits are not held up: at most `limit` rows of each table, of one shard.
    // Called again until finished. Errors: unavailable, corrupt.
    virtual base::Result<Pruned> prune(const Retention& retention, std::size_t limit) = 0;
};

// What a device ran, and was offered, as device_sets and deployments give it.
struct DeviceHistory {
    DeviceId device;
    std::vector<DeviceSetRow> sets;
    std::vector<DeploymentRow> deployments;
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
    // The same of many devices: in the order of shard and device, behind `after` when given, at most `limit`
    // of those that ran or were offered something.
    virtual base::Result<std::vector<DeviceHistory>>
    device_histories(TenantId tenant, std::optional<DeviceId> after, std::size_t limit) = 0;
    // All of a rollout, newest first, one at a time, until `take` says false. It must not ask the same
    // history.
    virtual base::Status each_deployment_of(TenantId tenant, RolloutId rollout,
                                            const std::function<bool(const DeploymentRow&)>& take) = 0;
    // In the order of shard and device, behind `after` when given.
    virtual base::Result<std::vector<EditedDeviceRow>>
    edited_devices(TenantId tenant, EditId edit, std::optional<DeviceId> after, std::size_t limit) = 0;
};

} // namespace oakum::ports
