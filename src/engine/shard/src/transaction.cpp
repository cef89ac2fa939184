// SPDX-License-Identifier: Apache-2.0
#include <shard/transaction.hpp>

#include <device/facts.hpp>

namespace oakum::shard {
namespace {

// The newest value of the layers, from the top; nothing when none has the key.
template <class Map, class Key>
const typename Map::mapped_type* newest(std::array<const Overlay*, 3> layers, Map Overlay::* table,
                                        const Key& key) {
    for (const Overlay* layer : layers) {
        const auto at = (layer->*table).find(key);
        if (at != (layer->*table).end()) return &at->second;
    }
    return nullptr;
}

} // namespace

std::optional<ports::DeviceRow> Transaction::device(device::DeviceId id) const {
    const DeviceKey key{place_.tenant, id};
    if (const auto* row = newest({&own_, pending_[0], pending_[1]}, &Overlay::devices, key)) return *row;
    return devices_.device(key);
}

std::vector<device::Fact> Transaction::facts(device::DeviceId id) const {
    const DeviceKey key{place_.tenant, id};
    std::map<std::string, device::Fact> facts;
    for (device::Fact& fact : devices_.facts(key))
        facts[fact.key] = std::move(fact);
    for (const Overlay* layer : {pending_[1], pending_[0], &own_})
        for (auto at = layer->facts.lower_bound({key, ""});
             at != layer->facts.end() && at->first.first == key; ++at)
            facts[at->first.second] = at->second;
    std::vector<device::Fact> list;
    for (auto& [name, fact] : facts)
        if (!fact.value.empty()) list.push_back(std::move(fact));
    return list;
}

std::optional<device::Fact> Transaction::fact(device::DeviceId id, std::string_view name) const {
    const DeviceKey key{place_.tenant, id};
    const std::pair full{key, std::string(name)};
    if (const auto* fact = newest({&own_, pending_[0], pending_[1]}, &Overlay::facts, full)) {
        if (fact->value.empty()) return std::nullopt;
        return *fact;
    }
    return devices_.fact(key, name);
}

std::optional<device::DeviceId> Transaction::device_by_serial(std::string_view serial) const {
    for (const Overlay* layer : {static_cast<const Overlay*>(&own_), pending_[0], pending_[1]})
        for (const auto& [key, fact] : layer->facts)
            if (key.first.tenant == place_.tenant && key.second == device::key::serial &&
                fact.value == serial)
                return key.first.device;
    const auto found = devices_.by_serial(place_.tenant, serial);
    // A serial that a pending change took away from its device is free.
    if (found) {
        const auto held = fact(*found, device::key::serial);
        if (!held || held->value != serial) return std::nullopt;
    }
    return found;
}

std::optional<ports::DeploymentRow> Transaction::deployment(device::DeviceId device,
                                                            ports::DeploymentId id) const {
    const DeviceKey key{place_.tenant, device};
    if (const auto* row =
            newest({&own_, pending_[0], pending_[1]}, &Overlay::deployments, std::pair{key, id}))
        return *row;
    return devices_.deployment(key, id);
}

rollout::Counts Transaction::gate_count(ports::RolloutId rollout, std::uint32_t wave,
                                        const std::string& stratum) const {
    const Overlay::GateKey key{place_, rollout, wave, stratum};
    if (const auto* counts = newest({&own_, pending_[0], pending_[1]}, &Overlay::gates, key)) return *counts;
    return devices_.gate_count(place_, rollout, wave, stratum);
}

Held<ports::TokenRow> Transaction::token_by_secret(const base::Digest256& secret) const {
    for (const Overlay* layer : {static_cast<const Overlay*>(&own_), pending_[0], pending_[1]})
        for (const auto& [key, row] : std::get<Table<ports::TokenRow>>(layer->control))
            if (key.first == place_.tenant && row->secret == secret) return find<ports::TokenRow>(row->id);
    const auto stored = control_.token_by_secret(place_.tenant, secret);
    return stored ? find<ports::TokenRow>(stored->id) : nullptr;
}

std::string Transaction::document(const std::string& name) const {
    const auto row = find<ports::DocumentRow>(name);
    return row ? row->body : std::string();
}

void Transaction::change(std::string kind, std::string subject, std::string summary) {
    ports::ChangeRow row;
    row.shard = place_.shard;
    row.at = now_;
    row.kind = std::move(kind);
    row.subject = std::move(subject);
    row.summary = std::move(summary);
    rows_.push_back({place_, ports::Row(std::move(row))});
}

void Transaction::audit(AuditEntry entry) {
    const auto last = find<ports::AuditRow>(NewestAudit{});
    std::optional<ports::AuditRow> newest;
    if (last) newest = *last;
    add(ports::Row(chain(newest, now_, std::move(entry))));
}

std::uint64_t Transaction::stored_version(const ports::DeviceRow& row) const {
    const auto stored = device(row.id);
    return stored ? stored->row_version : 0;
}

std::uint64_t Transaction::stored_version(const ports::DeploymentRow& row) const {
    const auto stored = deployment(row.device, row.id);
    return stored ? stored->row_version : 0;
}

void Transaction::add(ports::Row row) {
    const bool control = std::visit(
        []<class R>(const R&) {
            return kIsControlRow<R> || std::is_same_v<R, ports::ComponentRow> ||
                   std::is_same_v<R, ports::SoftwareSetRow> || std::is_same_v<R, ports::SetFindingRow> ||
                   std::is_same_v<R, ports::RolloutDecisionRow> || std::is_same_v<R, ports::FiguresRow> ||
                   std::is_same_v<R, ports::MarkRow>;
        },
        row);
    const Place place = control ? control_of(place_.tenant) : place_;
    own_.put(place, row);
    rows_.push_back({place, std::move(row)});
}

} // namespace oakum::shard
