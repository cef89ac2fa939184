// SPDX-License-Identifier: Apache-2.0
#include <shard/control.hpp>

#include <limits>
#include <set>

namespace oakum::shard {

void ControlTables::put(device::TenantId tenant, const ports::Row& row) {
    std::visit(
        [&]<class R>(const R& value) REQUIRES(mutex_) {
            if constexpr (kIsControlRow<R>) {
                auto& table = std::get<Table<R>>(tables_);
                const std::pair key{tenant, Keyed<R>::of(value)};
                if constexpr (std::is_same_v<R, ports::DocumentRow>) {
                    if (value.body.empty()) {
                        table.erase(key);
                        return;
                    }
                }
                auto held = std::make_shared<const R>(value);
                if constexpr (std::is_same_v<R, ports::TokenRow>) tokens_[{tenant, value.secret}] = held;
                table[key] = std::move(held);
            }
        },
        row);
}

void ControlTables::apply(Place place, const ports::Row& row) {
    const bool concerns = std::visit([]<class R>(const R&) { return kIsControlRow<R>; }, row);
    if (!concerns) return;
    base::ExclusiveLock lock(mutex_);
    put(place.tenant, row);
}

void ControlTables::replace(Place place, const std::vector<ports::Row>& rows) {
    if (place.shard != device::kControlShard) return;
    base::ExclusiveLock lock(mutex_);
    std::apply(
        [&](auto&... tables) {
            (std::erase_if(tables, [&](const auto& entry) { return entry.first.first == place.tenant; }),
             ...);
        },
        tables_);
    std::erase_if(tokens_, [&](const auto& entry) { return entry.first.first == place.tenant; });
    for (const ports::Row& row : rows)
        put(place.tenant, row);
}

void ControlTables::forget(const ports::Retention& retention) {
    base::ExclusiveLock lock(mutex_);
    const auto old = [&](const auto& entry) { return ports::outlived(*entry.second, retention); };
    std::erase_if(std::get<Table<ports::IdempotencyRow>>(tables_), old);
    std::erase_if(std::get<Table<ports::TokenRow>>(tables_), old);
    std::erase_if(std::get<Table<ports::JobRow>>(tables_), old);
    std::erase_if(std::get<Table<ports::AlarmRow>>(tables_), old);
    std::erase_if(std::get<Table<ports::MessageRow>>(tables_), old);
    std::erase_if(std::get<Table<ports::EditRow>>(tables_), old);
    std::erase_if(tokens_, old);
}

Held<ports::TokenRow> ControlTables::token_by_secret(device::TenantId tenant,
                                                     const base::Digest256& secret) const {
    base::SharedLock lock(mutex_);
    const auto at = tokens_.find({tenant, secret});
    return at == tokens_.end() ? nullptr : at->second;
}

std::string ControlTables::document(device::TenantId tenant, const std::string& name) const {
    const auto row = find<ports::DocumentRow>(tenant, name);
    return row ? row->body : std::string();
}

std::vector<device::TenantId> ControlTables::tenants() const {
    std::set<device::TenantId> found;
    base::SharedLock lock(mutex_);
    // From tenant to tenant, not from row to row: this is asked each second.
    const auto add = [&]<class Row>(const Table<Row>& table) {
        for (auto at = table.begin(); at != table.end();) {
            const device::TenantId tenant = at->first.first;
            found.insert(tenant);
            if (tenant.get() == std::numeric_limits<std::uint32_t>::max()) break;
            at = table.lower_bound({device::TenantId(tenant.get() + 1), KeyOf<Row>{}});
        }
    };
    std::apply([&](const auto&... tables) { (add(tables), ...); }, tables_);
    return {found.begin(), found.end()};
}

} // namespace oakum::shard
