// SPDX-License-Identifier: Apache-2.0
// What is out of service, and whether there is room.
#include <budgets/budgets.hpp>

#include <budget_files/budget_json.hpp>

#include <algorithm>
#include <set>
#include <span>

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

// The devices that are out, by the index that the fleet keeps of states.
device::Query under_way() {
    std::string states;
    for (int i = 0; i <= static_cast<int>(install::State::silent); ++i)
        if (const auto state = static_cast<install::State>(i); budget::out_of_service(state))
            states += (states.empty() ? "" : ", ") + std::string(install::to_string(state));
    return device::parse_query("deployment in (" + states + ")").value();
}

// What was counted for the one holds for the other: they differ in their numbers and reasons at most.
bool counts_alike(const budget::Budget& a, const budget::Budget& b) {
    return a.name == b.name && a.query == b.query && a.by == b.by &&
           budget::rests_on_size(a.limit) == budget::rests_on_size(b.limit);
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
    std::erase_if(ruled, [this](TenantId tenant) { return !rebuild(tenant); });
    for (const auto& [tenant, devices] : changed)
        if (!ruled.contains(tenant)) recount(tenant, devices);
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

bool Budgets::rebuild(TenantId tenant) {
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
        if (at != tenants_.end() && !budgets->empty() &&
            std::ranges::equal(at->second.rules->budgets(), *budgets, counts_alike)) {
            at->second.rules = std::make_shared<const Rules>(std::move(*budgets));
            rounds_.at(tenant).rules = at->second.rules;
            return false;
        }
        if (at != tenants_.end()) reserved = std::move(at->second.reserved);
        if (budgets->empty() && reserved.empty()) {
            tenants_.erase(tenant);
            rounds_.erase(tenant);
            return true;
        }
    }
    Tenant fresh;
    fresh.rules = std::make_shared<const Rules>(std::move(*budgets));
    core_.fleet.each({tenant, {}, under_way(), fleet::Records::all}, [&](const fleet::Glance& device) {
        if (!may_be_out(device)) return;
        const auto [at, first] = fresh.devices.try_emplace(device.id(), fresh.rules->groups(device));
        if (first) take(fresh, at->second);
    });
    for (auto& [offer, held] : reserved) {
        auto& groups = held.groups;
        core_.fleet.glance({tenant, held.device}, [&fresh, &groups](const fleet::Glance& device) {
            groups = fresh.rules->groups(device);
        });
        take(fresh, held.groups);
    }
    fresh.reserved = std::move(reserved);
    rounds_[tenant] = Round{fresh.rules, 0, {}, 0, {}, core_.clock.steady()};
    base::ExclusiveLock lock(mutex_);
    tenants_[tenant] = std::move(fresh);
    return true;
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

std::optional<std::pair<std::size_t, Budgets::Room>> Budgets::first_full(const Tenant& tenant,
                                                                         const fleet::Glance& device,
                                                                         schedule::Priority priority,
                                                                         Itself itself) {
    const auto own = itself == Itself::counts ? tenant.devices.end() : tenant.devices.find(device.id());
    for (std::size_t i = 0; i < tenant.rules->budgets().size(); ++i) {
        if (!budget::binds(tenant.rules->budgets()[i], priority) || !tenant.rules->counts(i, device))
            continue;
        Room room = room_of(tenant, i, device);
        if (own != tenant.devices.end() && room.out > 0)
            room.out -= std::ranges::count(own->second, tenant.rules->group(i, device)) > 0 ? 1 : 0;
        if (room.out >= room.allowed) return std::pair(i, room);
    }
    return std::nullopt;
}

bool Budgets::any(TenantId tenant) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(tenant);
    return at != tenants_.end() && !at->second.rules->budgets().empty();
}

bool Budgets::room(const fleet::Glance& device, schedule::Priority priority, Itself itself) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(device.tenant());
    return at == tenants_.end() || !first_full(at->second, device, priority, itself);
}

std::optional<Shut> Budgets::shut(const fleet::Glance& device, schedule::Priority priority) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(device.tenant());
    if (at == tenants_.end()) return std::nullopt;
    const auto found = first_full(at->second, device, priority);
    return found ? std::optional(Shut{at->second.rules, found->first}) : std::nullopt;
}

std::optional<Full> Budgets::full(const fleet::Glance& device, schedule::Priority priority) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(device.tenant());
    if (at == tenants_.end()) return std::nullopt;
    const auto found = first_full(at->second, device, priority);
    if (!found) return std::nullopt;
    const auto& [budget, room] = *found;
    return Full{at->second.rules->budgets()[budget].name, at->second.rules->words(budget, device), room.out,
                room.allowed, room.counting};
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
    const auto is_over = [](const Round& round) {
        return !round.next_block && round.next_slot == round.slots.size();
    };
    // Each call begins after the tenant that the one before came to: a large one keeps nobody waiting.
    auto at = rounds_.upper_bound(counted_last_);
    for (std::size_t left = rounds_.size(); left > 0 && devices > 0; --left, ++at) {
        if (at == rounds_.end()) at = rounds_.begin();
        const TenantId tenant = at->first;
        Round& round = at->second;
        if (!round.rules->rest_on_size()) continue;
        if (is_over(round)) {
            if (core_.clock.steady() - round.began < kSizesGood) continue;
            round = Round{round.rules, 0, {}, 0, {}, core_.clock.steady()};
        }
        counted_last_ = tenant;
        go_on(tenant, round, devices);
        if (!is_over(round)) continue;
        base::ExclusiveLock lock(mutex_);
        Tenant& of = tenants_.at(tenant);
        of.sizes = std::move(round.sizes);
        of.sized = true;
        round.sizes.clear();
    }
}

void Budgets::go_on(TenantId tenant, Round& round, std::size_t& devices) const {
    const fleet::Selection all{tenant, {}, device::parse_query("").value()};
    while (devices > 0) {
        if (round.next_slot == round.slots.size()) {
            if (!round.next_block) return;
            // A block is a large turn to count, and a small one to note whom it holds.
            round.slots.clear();
            round.next_slot = 0;
            round.next_block = core_.fleet.each_from(
                all, *round.next_block, 1,
                [&](std::uint32_t slot, const fleet::Glance&) { round.slots.push_back(slot); });
            continue;
        }
        const std::size_t turn = std::min(devices, round.slots.size() - round.next_slot);
        const auto slots = std::span<const std::uint32_t>(round.slots).subspan(round.next_slot, turn);
        core_.fleet.at_slots(tenant, slots, [&](std::uint32_t, const fleet::Glance& device) {
            // It may have left since it was noted.
            const device::Lifecycle life = device.lifecycle();
            if (life == device::Lifecycle::retired || life == device::Lifecycle::unmanaged) return;
            for (std::size_t i = 0; i < round.rules->budgets().size(); ++i)
                if (budget::rests_on_size(round.rules->budgets()[i].limit) && round.rules->counts(i, device))
                    ++round.sizes[round.rules->group(i, device)];
        });
        round.next_slot += turn;
        devices -= turn;
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
