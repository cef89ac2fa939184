// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <ports/store.hpp>
#include <shard/ids.hpp>
#include <shard/keyed.hpp>

#include <vector>

namespace oakum::shard {

// What committed rows add up to. The writer's thread calls it after each commit, in order.
class Projection {
  public:
    virtual ~Projection() = default;
    virtual void apply(Place place, const ports::Row& row) = 0;
    // What the store holds of a place, read anew after a commit failed: the rest of the place is forgotten.
    virtual void replace(Place place, const std::vector<ports::Row>& rows) = 0;
};

// The committed rows of one device, for decisions. Called on the writer's thread.
class DeviceTables {
  public:
    virtual ~DeviceTables() = default;
    virtual std::optional<ports::DeviceRow> device(DeviceKey key) const = 0;
    virtual std::vector<device::Fact> facts(DeviceKey key) const = 0;
    virtual std::optional<device::Fact> fact(DeviceKey key, std::string_view name) const = 0;
    virtual std::optional<device::DeviceId> by_serial(device::TenantId tenant,
                                                      std::string_view serial) const = 0;
    // Held while it is the device's current one or has not ended.
    virtual std::optional<ports::DeploymentRow> deployment(DeviceKey key, ports::DeploymentId id) const = 0;
    virtual rollout::Counts gate_count(Place place, ports::RolloutId rollout, std::uint32_t wave,
                                       std::string_view stratum) const = 0;
};

// The control tables of all tenants as committed. Readable from any thread; applied by the writer's.
class ControlTables final : public Projection {
  public:
    template <class Row> Held<Row> find(device::TenantId tenant, const KeyOf<Row>& key) const {
        base::SharedLock lock(mutex_);
        const auto& table = std::get<Table<Row>>(tables_);
        const auto at = table.find({tenant, key});
        return at == table.end() ? nullptr : at->second;
    }
    // In the order of their keys: ids made later stand later.
    template <class Row> std::vector<Held<Row>> list(device::TenantId tenant) const {
        std::vector<Held<Row>> rows;
        base::SharedLock lock(mutex_);
        const auto& table = std::get<Table<Row>>(tables_);
        for (auto at = table.lower_bound({tenant, KeyOf<Row>{}});
             at != table.end() && at->first.first == tenant; ++at)
            rows.push_back(at->second);
        return rows;
    }
    // By the SHA-256 of its secret.
    Held<ports::TokenRow> token_by_secret(device::TenantId tenant, const base::Digest256& secret) const;
    // The document's body; empty when there is none.
    std::string document(device::TenantId tenant, const std::string& name) const;
    std::vector<device::TenantId> tenants() const;

    void apply(Place place, const ports::Row& row) override;
    void replace(Place place, const std::vector<ports::Row>& rows) override;
    // Rows that the store has let go. Any thread.
    void forget(const ports::Retention& retention);

  private:
    void put(device::TenantId tenant, const ports::Row& row) REQUIRES(mutex_);

    mutable base::SharedMutex mutex_;
    Tables tables_ GUARDED_BY(mutex_);
    std::map<std::pair<device::TenantId, base::Digest256>, Held<ports::TokenRow>> tokens_ GUARDED_BY(mutex_);
};

} // namespace oakum::shard
