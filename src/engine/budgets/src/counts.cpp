// SPDX-License-Identifier: Apache-2.0
// What is out of service, and whether there is room.
#include <budgets/budgets.hpp>

#include <budget_files/budget_json.hpp>

#include <set>

namespace oakum::budgets {

using device::DeviceId;
using device::TenantId;

namespace {

// How old the sizes of groups may become before they are counted again.
constexpr base::Duration kSizesGood = std::chrono::seconds(30);

bool may_be_out(const fleet::Glance& device) {
    const ports::DeploymentRow* row = device.deployment();
    return device.lifecycle() != device::Lifecycle::retired && row != nullptr &&
           budget::out_of_service(row->state);
}

} // namespace

void Budgets::start() {
    core_.writer.on_committed([this](const shard::Committed& rows) { committed(rows); });
    for (const TenantId tenant : core_.control.tenants())
        rebuild(tenant);
}

void Budgets::committed(const shard::Committed& committed) {
    std::map<TenantId, std::vector<DeviceId>> changed;
    std::set<TenantId> regrouped, ruled;
    for (const ports::ShardRows& shard : committed.batch.shards) {
        const std::shared_ptr<const Rules> by = rules(shard.tenant);
        const bool counted = by && !by->budgets().empty();
        for (const ports::Row& row : shard.rows) {
            if (const auto* document = std::get_if<ports::DocumentRow>(&row))
                if (document->name == kDocument) ruled.insert(shard.tenant);
            if (!counted) continue;
            if (const auto* device = std::get_if<ports::DeviceRow>(&row))
                changed[shard.tenant].push_back(device->id);
            else if (const auto* fact = std::get_if<ports::FactRow>(&row))
                changed[shard.tenant].push_back(fact->device);
            else if (const auto* deployment = std::get_if<ports::DeploymentRow>(&row))
                changed[shard.tenant].push_back(deployment->device);
            else if (std::holds_alternative<ports::GroupRow>(row))
                regrouped.insert(shard.tenant);
        }
    }
    // What a group gives to its devices may be what tells them apart.
    for (const TenantId tenant : regrouped) {
        base::SharedLock lock(mutex_);
        if (const auto at = tenants_.find(tenant); at != tenants_.end())
            for (const auto& [device, groups] : at->second.devices)
                changed[tenant].push_back(device);
    }
    for (const auto& [tenant, devices] : changed)
        if (!ruled.contains(tenant)) recount(tenant, devices);
    for (const TenantId tenant : ruled)
        rebuild(tenant);
}

std::shared_ptr<const Rules> Budgets::rules(TenantId tenant) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(tenant);
    return at == tenants_.end() ? nullptr : at->second.rules;
}

std::optional<std::vector<GroupKey>> Budgets::groups_of_out(const Rules& rules, shard::DeviceKey key) const {
    std::optional<std::vector<GroupKey>> groups;
    core_.fleet.glance(key, [&](const fleet::Glance& device) {
        if (may_be_out(device)) groups = rules.groups(device);
    });
    return groups;
}

// The fleet is looked at before the lock is taken: a poll takes them the other way round.
void Budgets::recount(TenantId tenant, const std::vector<DeviceId>& devices) {
    const std::shared_ptr<const Rules> by = rules(tenant);
    if (!by) return;
    std::map<DeviceId, std::optional<std::vector<GroupKey>>> now;
    for (const DeviceId& device : devices)
        if (const auto [at, fresh] = now.try_emplace(device); fresh)
            at->second = groups_of_out(*by, {tenant, device});
    base::ExclusiveLock lock(mutex_);
    Tenant& of = tenants_.at(tenant);
    for (auto& [device, groups] : now) {
        if (const auto before = of.devices.find(device); before != of.devices.end()) {
            give(of, before->second);
            of.devices.erase(before);
        }
        if (!groups) continue;
        take(of, *groups);
        of.devices.emplace(device, std::move(*groups));
    }
}

void Budgets::rebuild(TenantId tenant) {
    const std::string body = core_.control.document(tenant, kDocument);
    // What cannot be read was not written by this version: nothing is offered until somebody looks.
    auto budgets = budget_files::read_budgets(body);
    if (!budgets.ok()) {
        budget::Budget shut;
        shut.name = "unreadable";
        shut.limit = budget::Devices{0};
        budgets = std::vector<budget::Budget>{shut};
    }
    std::map<ports::DeploymentId, Reserved> reserved;
    {
        base::ExclusiveLock lock(mutex_);
        const auto at = tenants_.find(tenant);
        if (at != tenants_.end()) reserved = std::move(at->second.reserved);
        if (budgets->empty() && reserved.empty()) {
            tenants_.erase(tenant);
            rounds_.erase(tenant);
            return;
        }
    }
    Tenant fresh;
    fresh.rules = std::make_shared<const Rules>(std::move(*budgets));
    std::vector<DeviceId> under_way;
    core_.fleet.each_deployment([&](TenantId owner, const ports::DeploymentRow& row) {
        if (owner == tenant && budget::out_of_service(row.state)) under_way.push_back(row.device);
    });
    for (const DeviceId& device : under_way)
        if (auto groups = groups_of_out(*fresh.rules, {tenant, device});
            groups && !fresh.devices.contains(device)) {
            take(fresh, *groups);
            fresh.devices.emplace(device, std::move(*groups));
        }
    for (auto& [offer, held] : reserved) {
        core_.fleet.glance({tenant, held.device}, [&, &held = held](const fleet::Glance& device) {
            held.groups = fresh.rules->groups(device);
        });
        take(fresh, held.groups);
    }
    fresh.reserved = std::move(reserved);
    rounds_[tenant] = Round{fresh.rules, 0, {}, core_.clock.steady()};
    base::ExclusiveLock lock(mutex_);
    tenants_[tenant] = std::move(fresh);
}

void Budgets::take(Tenant& tenant, const std::vector<GroupKey>& groups) {
    for (const GroupKey group : groups)
        ++tenant.out[group];
}

void Budgets::give(Tenant& tenant, const std::vector<GroupKey>& groups) {
    for (const GroupKey group : groups)
        if (const auto at = tenant.out.find(group); at != tenant.out.end() && --at->second == 0)
            tenant.out.erase(at);
}

Budgets::Room Budgets::room_of(const Tenant& tenant, std::size_t budget, const fleet::Glance& device) {
    const GroupKey group = tenant.rules->group(budget, device);
    const budget::Limit& limit = tenant.rules->budgets()[budget].limit;
    Room room;
    if (const auto at = tenant.out.find(group); at != tenant.out.end()) room.out = at->second;
    if (budget::rests_on_size(limit) && !tenant.sized) {
        room.counting = true;
        return room;
    }
    const auto size = tenant.sizes.find(group);
    room.allowed = budget::allowed(limit, size == tenant.sizes.end() ? 0 : size->second);
    return room;
}

bool Budgets::room(const fleet::Glance& device, schedule::Priority priority) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(device.tenant());
    if (at == tenants_.end()) return true;
    const Tenant& tenant = at->second;
    for (std::size_t i = 0; i < tenant.rules->budgets().size(); ++i) {
        if (!budget::binds(tenant.rules->budgets()[i], priority) || !tenant.rules->counts(i, device))
            continue;
        const Room room = room_of(tenant, i, device);
        if (room.out >= room.allowed) return false;
    }
    return true;
}

std::optional<Full> Budgets::full(const fleet::Glance& device, schedule::Priority priority) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(device.tenant());
    if (at == tenants_.end()) return std::nullopt;
    const Tenant& tenant = at->second;
    for (std::size_t i = 0; i < tenant.rules->budgets().size(); ++i) {
        if (!budget::binds(tenant.rules->budgets()[i], priority) || !tenant.rules->counts(i, device))
            continue;
        const Room room = room_of(tenant, i, device);
        if (room.out >= room.allowed)
            return Full{tenant.rules->budgets()[i].name, tenant.rules->words(i, device), room.out,
                        room.allowed, room.counting};
    }
    return std::nullopt;
}

void Budgets::reserve(const fleet::Glance& device, ports::DeploymentId offer) {
    base::ExclusiveLock lock(mutex_);
    // Without a budget too: the first one may be on its way to the disk, and has to find it.
    Tenant& tenant = tenants_[device.tenant()];
    if (!tenant.rules) tenant.rules = std::make_shared<const Rules>(std::vector<budget::Budget>());
    Reserved held{device.id(), tenant.rules->groups(device)};
    take(tenant, held.groups);
    tenant.reserved[offer] = std::move(held);
}

void Budgets::release(TenantId tenant, ports::DeploymentId offer) {
    base::ExclusiveLock lock(mutex_);
    const auto of = tenants_.find(tenant);
    if (of == tenants_.end()) return;
    const auto at = of->second.reserved.find(offer);
    if (at == of->second.reserved.end()) return;
    give(of->second, at->second.groups);
    of->second.reserved.erase(at);
}

void Budgets::count(std::size_t devices) {
    for (auto& [tenant, round] : rounds_) {
        if (!round.rules->rest_on_size()) continue;
        if (!round.next_block) {
            if (core_.clock.steady() - round.began < kSizesGood) continue;
            round = Round{round.rules, 0, {}, core_.clock.steady()};
        }
        const fleet::Selection all{tenant, {}, device::parse_query("").value()};
        round.next_block = core_.fleet.each_from(
            all, *round.next_block, devices, [&round = round](std::uint32_t, const fleet::Glance& device) {
                for (std::size_t i = 0; i < round.rules->budgets().size(); ++i)
                    if (budget::rests_on_size(round.rules->budgets()[i].limit) &&
                        round.rules->counts(i, device))
                        ++round.sizes[round.rules->group(i, device)];
            });
        if (round.next_block) continue;
        base::ExclusiveLock lock(mutex_);
        Tenant& of = tenants_.at(tenant);
        of.sizes = std::move(round.sizes);
        of.sized = true;
        round.sizes.clear();
    }
}

std::string in_words(const Full& full) {
    const std::string name = "budget \"" + full.budget + "\": ";
    if (full.counting) return name + "how many there are of " + full.group + " is being counted";
    if (full.allowed == 0) return name + "none of " + full.group + " may be out of service";
    return name + std::to_string(full.out) + " of at most " + std::to_string(full.allowed) + " of " +
           full.group + (full.out == 1 ? " is" : " are") + " out of service";
}

} // namespace oakum::budgets
