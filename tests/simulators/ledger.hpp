// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <memory/tables.hpp>
#include <rollout/plan.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace oakum::simulation {

// Books kept beside the server from nothing but the rows that became durable, and compared with what the
// server counted and decided. Every rule here is written down a second time, on purpose.
class Ledger {
  public:
    using Fail = std::function<void(std::string)>;
    // When a device last ran a version healthily, by steady time; nothing: never.
    using Healthy = std::function<std::optional<base::Duration>(ports::DeviceId, const std::string& version)>;
    Ledger(Fail fail, Healthy healthy) : fail_(std::move(fail)), healthy_(std::move(healthy)) {}

    // At most so many devices of a site are out of service at once: between an offer and its end.
    void limit_sites(std::uint32_t most) { most_of_a_site_ = most; }
    // A batch became durable.
    void durable(const ports::Batch& batch, base::Duration steady);
    // The gates are about to be looked at, at this time of the server's clock.
    void before_gates(base::TimePoint now, base::Duration steady);
    // The server's clock does not tell any more when something was offered.
    void clock_jumped() { clock_jumped_ = true; }
    // A server began to live: what it was about to do is forgotten.
    void server_started() { allowed_.clear(); }

    const ports::RolloutRow* rollout(ports::RolloutId id) const;
    const ports::ReleaseRow* release(ports::ReleaseId id) const;
    const std::map<ports::RolloutId, ports::RolloutRow>& rollouts() const { return rollouts_; }
    const std::map<ports::ReleaseId, ports::ReleaseRow>& releases() const { return releases_; }
    const std::map<ports::DeviceId, ports::DeviceRow>& devices() const { return devices_; }
    const ports::DeploymentRow* deployment(ports::DeploymentId id) const;
    std::vector<const ports::DeploymentRow*> deployments_of(ports::DeviceId id) const;
    const std::map<ports::DeploymentId, ports::DeploymentRow>& deployments() const { return deployments_; }
    // What the rollout's waves and strata count to by a scan of its deployments.
    using Counts = std::map<std::pair<std::uint32_t, std::string>, rollout::Counts>;
    Counts scan(ports::RolloutId rollout) const;
    bool agrees(ports::RolloutId rollout, const Counts& counts) const;

    struct Totals {
        std::uint64_t offers = 0, verified = 0, failed = 0, rolled_back = 0, withdrawn = 0, superseded = 0,
                      waves = 0, silent = 0, rollbacks = 0, halts = 0, paced = 0;
    };
    const Totals& totals() const { return totals_; }

  private:
    using Key = std::tuple<ports::ShardId, ports::RolloutId, std::uint32_t, std::string>;
    struct Value { // of a fact, and what it was until when
        std::string now, before;
        base::Duration since{};
    };

    void take(const ports::DeviceRow& row, base::Duration steady);
    void take(const ports::FactRow& row, base::Duration steady);
    void take(const ports::DeploymentRow& row, base::Duration steady);
    void take(const ports::RolloutRow& row, const ports::Batch& batch, base::Duration steady);
    void first_offer(const ports::DeploymentRow& row, base::Duration steady);
    void check_verified(const ports::DeploymentRow& before, const ports::DeploymentRow& row);
    void check_counts();
    void check_budget(base::Duration steady);
    void check_pace(const ports::DeploymentRow& offer);
    bool was(ports::DeviceId device, const std::string& fact, const std::string& value,
             base::Duration steady) const;
    rollout::Counts wave(ports::RolloutId rollout, std::uint32_t number) const;
    bool stood(const ports::RolloutRow& rollout, const std::function<bool(rollout::State)>& so) const;
    bool gate_holds(const ports::RolloutRow& row, base::TimePoint now) const;
    std::map<Key, rollout::Counts> recount(ports::RolloutId rollout) const;

    Fail fail_;
    Healthy healthy_;
    std::map<ports::DeviceId, ports::DeviceRow> devices_;
    std::map<std::pair<ports::DeviceId, std::string>, Value> facts_;
    std::map<ports::DeploymentId, ports::DeploymentRow> deployments_;
    std::map<ports::DeploymentId, base::Duration> offered_;
    std::map<ports::RolloutId, ports::RolloutRow> rollouts_;
    std::map<ports::RolloutId, std::vector<ports::DeploymentId>> of_rollout_;
    std::map<ports::DeviceId, std::vector<ports::DeploymentId>> of_device_;
    std::map<ports::ReleaseId, ports::ReleaseRow> releases_;
    std::map<Key, rollout::Counts> counts_; // as stored
    std::map<ports::RolloutId, bool> touched_;
    std::map<ports::RolloutId, rollout::State> before_; // the batch
    // The open wave whose gate held, and when it was looked at.
    std::map<ports::RolloutId, std::pair<std::uint32_t, base::Duration>> allowed_;
    std::optional<std::uint32_t> most_of_a_site_;
    bool clock_jumped_ = false;
    std::set<ports::DeploymentId> once_silent_;
    std::vector<ports::DeploymentId> fresh_; // offers of the batch
    std::map<ports::DeviceId, base::Duration> lifecycle_since_;
    Totals totals_;
};

} // namespace oakum::simulation
