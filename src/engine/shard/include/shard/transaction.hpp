// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shard/audit.hpp>
#include <shard/control.hpp>
#include <shard/overlay.hpp>

#include <array>
#include <string>
#include <vector>

namespace oakum::shard {

// What one command reads and writes: the newest tentative state of one device shard and of its tenant's
// control shard. Valid while the command decides, on the writer's thread; nothing of it happens when the
// command fails.
class Transaction {
  public:
    Transaction(Place place, base::TimePoint now, const ControlTables& control, const DeviceTables& devices,
                std::array<const Overlay*, 2> pending)
        : place_(place), now_(now), control_(control), devices_(devices), pending_(pending) {}

    device::TenantId tenant() const { return place_.tenant; }
    Place place() const { return place_; }
    base::TimePoint now() const { return now_; }

    std::optional<ports::DeviceRow> device(device::DeviceId id) const;
    std::vector<device::Fact> facts(device::DeviceId id) const; // its own, sorted by key
    std::optional<device::Fact> fact(device::DeviceId id, std::string_view key) const;
    std::optional<device::DeviceId> device_by_serial(std::string_view serial) const;
    std::optional<ports::DeploymentRow> deployment(device::DeviceId device, ports::DeploymentId id) const;
    rollout::Counts gate_count(ports::RolloutId rollout, std::uint32_t wave,
                               const std::string& stratum) const;

    template <class Row> Held<Row> find(const KeyOf<Row>& key) const {
        const std::pair full{place_.tenant, key};
        if (Held<Row> row = held<Row>(own_, full)) return row;
        for (const Overlay* overlay : pending_)
            if (Held<Row> row = held<Row>(*overlay, full)) return row;
        return control_.find<Row>(place_.tenant, key);
    }
    template <class Row> std::vector<Held<Row>> list() const {
        std::map<KeyOf<Row>, Held<Row>> rows;
        for (Held<Row>& row : control_.list<Row>(place_.tenant))
            rows[Keyed<Row>::of(*row)] = row;
        for (const Overlay* overlay : {pending_[1], pending_[0], &own_})
            for (const auto& [key, row] : std::get<Table<Row>>(overlay->control))
                if (key.first == place_.tenant) rows[key.second] = row;
        std::vector<Held<Row>> list;
        for (auto& [key, row] : rows)
            list.push_back(row);
        return list;
    }
    // Also revoked and expired ones: the caller decides.
    Held<ports::TokenRow> token_by_secret(const base::Digest256& secret) const;
    std::string document(const std::string& name) const;

    // Control rows go to the control shard, the others to the place's shard. A row_version is set here: one
    // more than the newest. Rows take effect in the order in which they are put.
    template <class Row> void put(Row row) {
        if constexpr (Versioned<Row>) row.row_version = version_of(row) + 1;
        add(ports::Row(std::move(row)));
    }
    // Appends to the change feed of the place's shard.
    void change(std::string kind, std::string subject, std::string summary = "{}");
    // Appends to the tenant's audit log.
    void audit(AuditEntry entry);
    // "kind subject: detail" in the history of a device.
    void event(ports::DeviceEventRow row) { add(ports::Row(std::move(row))); }

    struct Placed {
        Place place;
        ports::Row row;
    };
    const std::vector<Placed>& rows() const { return rows_; }
    Overlay& own() { return own_; }

  private:
    template <class Row>
    static Held<Row> held(const Overlay& overlay, const std::pair<device::TenantId, KeyOf<Row>>& key) {
        const auto& table = std::get<Table<Row>>(overlay.control);
        const auto at = table.find(key);
        return at == table.end() ? nullptr : at->second;
    }
    template <class Row> std::uint64_t version_of(const Row& row) const {
        if constexpr (kIsControlRow<Row>) {
            const Held<Row> stored = find<Row>(Keyed<Row>::of(row));
            return stored ? stored->row_version : 0;
        } else {
            return stored_version(row);
        }
    }
    std::uint64_t stored_version(const ports::DeviceRow& row) const;
    std::uint64_t stored_version(const ports::DeploymentRow& row) const;
    void add(ports::Row row);

    Place place_;
    base::TimePoint now_;
    const ControlTables& control_;
    const DeviceTables& devices_;
    std::array<const Overlay*, 2> pending_; // the open batch, then the one being committed
    Overlay own_;
    std::vector<Placed> rows_;
};

} // namespace oakum::shard
