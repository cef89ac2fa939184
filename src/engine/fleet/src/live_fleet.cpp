// SPDX-License-Identifier: Apache-2.0
#include "glance.hpp"

#include <algorithm>
#include <charconv>
#include <device/lifecycle.hpp>
#include <fleet/live_fleet.hpp>
#include <rollout/gate.hpp>
#include <set>

namespace oakum::fleet {
namespace {

std::uint16_t local_of(std::uint32_t slot) {
    return static_cast<std::uint16_t>(slot % kBlockSlots);
}

// Lower hexadecimal digits as a slot keeps them; false when the text is anything else.
struct PackedSerial {
    decltype(Slot::serial) bytes{};
    std::uint8_t digits = 0;
};
bool pack_serial(std::string_view text, PackedSerial& packed) {
    packed = {};
    if (text.size() > 40) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (!digit) return false;
        const int value = c <= '9' ? c - '0' : c - 'a' + 10;
        packed.bytes[i / 2] =
            static_cast<std::uint8_t>(packed.bytes[i / 2] | (i % 2 == 0 ? value << 4 : value));
    }
    packed.digits = static_cast<std::uint8_t>(text.size());
    return true;
}

bool serial_is(const Slot& slot, std::string_view text) {
    if (slot.rare && !slot.rare->certificate_serial.empty()) return slot.rare->certificate_serial == text;
    PackedSerial packed;
    return !text.empty() && pack_serial(text, packed) && packed.digits == slot.serial_digits &&
           packed.bytes == slot.serial;
}

std::optional<std::uint64_t> read_hex64(std::string_view text) {
    if (text.size() != 16) return std::nullopt;
    std::uint64_t value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value, 16);
    const bool upper = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; });
    if (error != std::errc() || end != last || upper) return std::nullopt;
    return value;
}

Rare& rare_of(Slot& slot) {
    if (!slot.rare) slot.rare = std::make_unique<Rare>();
    return *slot.rare;
}

} // namespace

LiveFleet::LiveFleet(Software& software, const shard::ControlTables& control, ports::Clock& clock)
    : software_(software), control_(control), clock_(clock) {}
LiveFleet::~LiveFleet() = default;

LiveFleet::Tenant* LiveFleet::find(TenantId id) const {
    base::SharedLock lock(mutex_);
    const auto at = tenants_.find(id);
    return at == tenants_.end() ? nullptr : at->second.get();
}

LiveFleet::Tenant& LiveFleet::make(TenantId id) {
    if (Tenant* known = find(id)) return *known;
    base::ExclusiveLock lock(mutex_);
    auto& tenant = tenants_[id];
    if (!tenant) tenant = std::make_unique<Tenant>(id, clock_);
    return *tenant;
}

// ---- what the writer applies

void LiveFleet::put_device(Tenant& tenant, const ports::DeviceRow& row) {
    auto number = tenant.find_again(row.id);
    if (!number) number = tenant.take_slot(row.id);
    // Interned before the block is taken, so that it is held for the assignments alone.
    const std::uint32_t version = tenant.values.intern(row.running_version);
    const std::uint32_t group = row.group.is_zero() ? 0 : tenant.values.intern(row.group.text());
    const std::uint32_t release =
        row.desired_release.is_zero() ? 0 : tenant.values.intern(row.desired_release.text());
    const std::uint32_t rollout =
        row.desired_rollout.is_zero() ? 0 : tenant.values.intern(row.desired_rollout.text());
    const auto [base_set, delta_set] = software_.numbers_of(tenant.id, row.base_set, row.delta_set);
    const std::uint16_t local = local_of(*number);
    Block& block = tenant.block(*number);
    base::ExclusiveLock lock(block.mutex);
    Slot& slot = block.slot(local);
    const bool is_new = !slot.exists;
    if (is_new) {
        slot.exists = true;
        block.used.add(local);
        tenant.devices.fetch_add(1);
        block.lifecycles[static_cast<std::size_t>(row.lifecycle)].add(local);
    } else if (slot.lifecycle != row.lifecycle) {
        block.lifecycles[static_cast<std::size_t>(slot.lifecycle)].remove(local);
        block.lifecycles[static_cast<std::size_t>(row.lifecycle)].add(local);
    }
    const auto asked_for = [&]() REQUIRES_SHARED(block.mutex) {
        return std::tuple(slot.lifecycle, slot.group, slot.base_set, slot.delta_set, slot.running_version,
                          slot.rollout, block.current(local), bool{slot.hold}, bool{slot.revoked},
                          bool{slot.clone}, block.enrolled.contains(local));
    };
    const auto before = asked_for();
    slot.lifecycle = row.lifecycle;
    block.groups.move(local, slot.group, group);
    block.base_sets.move(local, slot.base_set, base_set);
    block.delta_sets.move(local, slot.delta_set, delta_set);
    block.versions.move(local, slot.running_version, version);
    slot.group = group;
    slot.base_set = base_set;
    slot.delta_set = delta_set;
    slot.running_version = version;
    slot.release = release;
    slot.rollout = rollout;
    slot.first_seen = seconds_of(row.first_seen);
    slot.last_seen = seconds_of(row.last_seen);
    slot.last_inventory = seconds_of(row.last_inventory);
    slot.desired_number = row.desired_number;
    slot.row_version = static_cast<std::uint32_t>(row.row_version);
    const bool moved = block.current(local) != row.deployment;
    if (moved) block.deployments[local].current = row.deployment;
    put_identity(slot, row);
    const auto mark = [&](Roaring& set, bool now) {
        if (now)
            set.add(local);
        else if (!is_new)
            set.remove(local);
    };
    mark(block.held, row.hold);
    mark(block.revoked, row.revoked);
    mark(block.clones, row.clone_suspected);
    mark(block.enrolled, !row.certificate_serial.empty());
    slot.hold = row.hold;
    slot.revoked = row.revoked;
    slot.clone = row.clone_suspected;
    if (is_new || asked_for() != before) tenant.note_change(block, local);
    if (moved || block.deployments.contains(local)) block.index_deployment(local);
}

void LiveFleet::put_identity(Slot& slot, const ports::DeviceRow& row) {
    const std::uint64_t before = slot.boot;
    const auto boot = read_hex64(row.boot_id);
    const bool odd_boot = !row.boot_id.empty() && !boot;
    slot.boot = odd_boot ? boot_number(row.boot_id) : boot.value_or(0);
    PackedSerial packed;
    const bool odd_serial = !pack_serial(row.certificate_serial, packed);
    if (odd_serial) packed = {};
    slot.serial = packed.bytes;
    slot.serial_digits = packed.digits;
    slot.expires = row.certificate_expires.has_value();
    slot.certificate_expires = row.certificate_expires ? seconds_of(*row.certificate_expires) : 0;
    const bool rebooted = before != 0 && slot.boot != before;
    if (!slot.rare && !odd_boot && !odd_serial && row.previous_certificate_serial.empty() && !rebooted)
        return;
    Rare& rare = rare_of(slot);
    rare.boot_id = odd_boot ? row.boot_id : std::string();
    rare.certificate_serial = odd_serial ? row.certificate_serial : std::string();
    rare.previous_certificate_serial = row.previous_certificate_serial;
    if (rebooted) {
        std::rotate(rare.earlier_boots.begin(), rare.earlier_boots.end() - 1, rare.earlier_boots.end());
        rare.earlier_boots[0] = before;
    }
}

void LiveFleet::put_fact(Tenant& tenant, const ports::FactRow& row) {
    auto number = tenant.find_again(row.device);
    if (!number) {
        if (row.fact.value.empty()) return;
        number = tenant.take_slot(row.device);
    }
    const std::uint16_t local = local_of(*number);
    Block& block = tenant.block(*number);
    if (row.fact.key == kInventoryKey) {
        base::ExclusiveLock lock(block.mutex);
        block.slot(local).inventory = read_hex64(row.fact.value).value_or(0);
        return;
    }
    const std::uint32_t key = tenant.key_number(row.fact.key);
    const std::uint32_t value = tenant.values.intern(row.fact.value);
    const std::uint32_t provenance = value == 0 ? 0 : tenant.provenance_of(row.fact);
    const bool indexed = row.fact.key == device::key::serial;
    std::uint32_t before = 0;
    {
        base::ExclusiveLock lock(block.mutex);
        if (indexed)
            if (const Column* column = block.column(key)) before = column->value(local);
        if (block.set_fact(local, key, {value, provenance}, row.fact.source == device::FactSource::assumed))
            tenant.note_change(block, local);
    }
    if (!indexed || before == value) return;
    if (before != 0) tenant.by_unique.erase(hash_of(row.fact.key, tenant.values.at(before)), *number);
    if (value != 0) tenant.by_unique.insert(hash_of(row.fact.key, row.fact.value), *number);
}

void LiveFleet::put_deployment(Tenant& tenant, const ports::DeploymentRow& row) {
    auto number = tenant.find_again(row.device);
    if (!number) number = tenant.take_slot(row.device);
    const std::uint16_t local = local_of(*number);
    Block& block = tenant.block(*number);
    base::ExclusiveLock lock(block.mutex);
    auto& rows = block.deployments[local].rows;
    const auto at =
        std::find_if(rows.begin(), rows.end(), [&](const auto& held) { return held.id == row.id; });
    if (at == rows.end() || at->state != row.state) tenant.note_change(block, local);
    if (at == rows.end())
        rows.push_back(row);
    else
        *at = row;
    block.index_deployment(local);
}

void LiveFleet::apply(shard::Place place, const ports::Row& row) {
    if (last_ == nullptr || last_->id != place.tenant) last_ = &make(place.tenant);
    Tenant& tenant = *last_;
    if (const auto* device = std::get_if<ports::DeviceRow>(&row)) {
        put_device(tenant, *device);
    } else if (const auto* fact = std::get_if<ports::FactRow>(&row)) {
        put_fact(tenant, *fact);
    } else if (const auto* deployment = std::get_if<ports::DeploymentRow>(&row)) {
        put_deployment(tenant, *deployment);
    } else if (const auto* gate = std::get_if<ports::GateCountRow>(&row)) {
        base::ExclusiveLock lock(tenant.gates_mutex);
        rollout::Counts& held = tenant.gates[gate->rollout][{gate->wave, gate->stratum}][place.shard];
        WaveCount& wave = tenant.waves[{gate->rollout, gate->wave}];
        wave.started += gate->counts.started - std::uint64_t{held.started};
        wave.pending += gate->counts.pending - std::uint64_t{held.pending};
        held = gate->counts;
    } else if (std::holds_alternative<ports::GroupRow>(row)) {
        base::Lock lock(tenant.groups_mutex);
        tenant.groups_stale = true;
        ++tenant.groups_epoch;
    } else if (const auto* document = std::get_if<ports::DocumentRow>(&row)) {
        tenant.put_setting(*document);
    }
}

void LiveFleet::forget(Tenant& tenant, std::uint32_t number) {
    const std::uint16_t local = local_of(number);
    Block& block = tenant.block(number);
    std::uint64_t hash = 0;
    DeviceId id;
    {
        base::ExclusiveLock lock(block.mutex);
        Slot& slot = block.slot(local);
        id = slot.id;
        if (const Column* column = block.column(fixed_key(device::key::serial)))
            if (const std::uint32_t value = column->value(local); value != 0)
                hash = hash_of(device::key::serial, tenant.values.at(value));
        block.clear_facts(local);
        if (slot.exists) {
            tenant.devices.fetch_sub(1);
            block.used.remove(local);
            block.lifecycles[static_cast<std::size_t>(slot.lifecycle)].remove(local);
        }
        block.groups.move(local, slot.group, 0);
        block.base_sets.move(local, slot.base_set, 0);
        block.delta_sets.move(local, slot.delta_set, 0);
        block.versions.move(local, slot.running_version, 0);
        for (Roaring* set : {&block.held, &block.revoked, &block.clones, &block.enrolled})
            set->remove(local);
        slot.taken = false;
        slot.exists = false;
        slot.boot = 0;
        slot.rare.reset();
        slot.group = slot.base_set = slot.delta_set = slot.running_version = 0;
        slot.heard.store(0);
        tenant.note_change(block, local);
    }
    if (hash != 0) tenant.by_unique.erase(hash, number);
    tenant.by_id.erase(hash_of(id), number);
    tenant.free_slots.push_back(number);
    tenant.last_found.reset();
}

void LiveFleet::replace(shard::Place place, const std::vector<ports::Row>& rows) {
    Tenant& tenant = make(place.tenant);
    if (place.shard == device::kControlShard) {
        {
            base::Lock lock(tenant.groups_mutex);
            tenant.groups_stale = true;
            ++tenant.groups_epoch;
        }
        tenant.poll_seconds = kPollSeconds;
        tenant.certificate_days = tenant.certificate_seconds = 0;
        // Gate counts of orders that stand in the control shard, and nothing of devices.
        clear_gates(tenant, place.shard);
        for (const ports::Row& row : rows)
            apply(place, row);
        return;
    }
    std::set<DeviceId> kept;
    std::map<DeviceId, std::set<std::string>> facts;
    for (const ports::Row& row : rows) {
        if (const auto* device = std::get_if<ports::DeviceRow>(&row)) kept.insert(device->id);
        if (const auto* fact = std::get_if<ports::FactRow>(&row)) facts[fact->device].insert(fact->fact.key);
    }
    for (std::uint32_t number = 0; number < tenant.next_slot; ++number) {
        DeviceId id;
        bool taken = false;
        std::vector<ports::FactRow> stale;
        {
            const Block& block = tenant.block(number);
            base::SharedLock lock(block.mutex);
            const Slot* slot = block.look(local_of(number));
            if (slot != nullptr && slot->taken && device::shard_of(place.tenant, slot->id) == place.shard) {
                taken = true;
                id = slot->id;
            }
        }
        if (!taken) continue;
        if (!kept.contains(id)) {
            forget(tenant, number);
            continue;
        }
        for (const device::Fact& fact : this->facts({place.tenant, id}))
            if (!facts[id].contains(fact.key)) {
                ports::FactRow gone{id, fact};
                gone.fact.value.clear();
                put_fact(tenant, gone);
            }
        Block& block = tenant.block(number);
        base::ExclusiveLock lock(block.mutex);
        block.deployments.erase(local_of(number));
        block.index_deployment(local_of(number));
        tenant.note_change(block, local_of(number));
    }
    clear_gates(tenant, place.shard);
    for (const ports::Row& row : rows)
        apply(place, row);
}

void LiveFleet::clear_gates(Tenant& tenant, device::ShardId shard) {
    base::ExclusiveLock lock(tenant.gates_mutex);
    for (auto& [rollout, gates] : tenant.gates)
        for (auto& [key, shards] : gates) {
            const auto held = shards.find(shard);
            if (held == shards.end()) continue;
            WaveCount& wave = tenant.waves[{rollout, key.first}];
            wave.started -= held->second.started;
            wave.pending -= held->second.pending;
            shards.erase(held);
        }
}

// ---- one device

template <class Look> bool LiveFleet::with(DeviceKey key, Look look) const {
    const Tenant* tenant = find(key.tenant);
    return tenant != nullptr && with(*tenant, key, look);
}

template <class Look> bool LiveFleet::with(const Tenant& tenant, DeviceKey key, Look look) {
    const auto number = tenant.find(key.device);
    if (!number) return false;
    const Block& block = tenant.block(*number);
    base::SharedLock lock(block.mutex);
    const Slot* slot = block.look(local_of(*number));
    if (slot == nullptr || !slot->exists || slot->id != key.device) return false;
    look(tenant, block, *slot, local_of(*number));
    return true;
}

bool LiveFleet::glance(DeviceKey key, const std::function<void(const Glance&)>& look) const {
    Tenant* tenant = find(key.tenant);
    if (tenant == nullptr) return false;
    const auto groups = fleet::groups_of(*tenant, control_);
    return with(*tenant, key, [&](const Tenant& home, const Block& block, const Slot&, std::uint16_t local) {
        look(SlotView(home, block, local, *groups, software_));
    });
}

std::optional<ports::DeviceRow> LiveFleet::device(DeviceKey key) const {
    std::optional<ports::DeviceRow> row;
    with(key, [&](const Tenant& tenant, const Block& block, const Slot&, std::uint16_t local)
                  NO_ANALYSIS { row = row_of(tenant, block, local, software_); });
    return row;
}

std::vector<device::Fact> LiveFleet::facts(DeviceKey key) const {
    std::vector<device::Fact> facts;
    with(key, [&](const Tenant& tenant, const Block& block, const Slot&, std::uint16_t local) NO_ANALYSIS {
        for (std::size_t number = 0; number < block.columns.size(); ++number) {
            const Column* column = block.column(number);
            const Cell cell = column == nullptr ? Cell{} : column->get(local);
            if (cell.value == 0) continue;
            facts.push_back(unpack(key_name(tenant, number), tenant.values.at(cell.value),
                                   tenant.provenances.at(cell.provenance)));
        }
    });
    std::sort(facts.begin(), facts.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return facts;
}

std::optional<device::Fact> LiveFleet::fact(DeviceKey key, std::string_view name) const {
    std::optional<device::Fact> fact;
    with(key, [&](const Tenant& tenant, const Block& block, const Slot& slot, std::uint16_t local) {
        if (name == kInventoryKey) {
            if (slot.inventory != 0)
                fact = device::Fact{std::string(name), hex_of(slot.inventory), {}, {}, {}};
            return;
        }
        fact = SlotView(tenant, block, local, {}, software_, {true}).own_fact(name);
    });
    return fact;
}

std::vector<device::Fact> LiveFleet::effective(DeviceKey key) const {
    Tenant* tenant = find(key.tenant);
    if (tenant == nullptr) return {};
    const auto groups = fleet::groups_of(*tenant, control_);
    std::vector<device::GroupDefaults> given;
    with(key, [&](const Tenant& home, const Block& block, const Slot&, std::uint16_t local) {
        const SlotView view(home, block, local, *groups, software_);
        for (const GroupInfo& group : *groups)
            if (view.is_member(group))
                given.push_back({group.id, group.name, group.specificity, group.defaults});
    });
    return device::effective_facts(facts(key), std::move(given));
}

std::vector<GroupId> LiveFleet::groups_of(DeviceKey key) const {
    std::vector<GroupId> found;
    Tenant* tenant = find(key.tenant);
    if (tenant == nullptr) return found;
    const auto groups = fleet::groups_of(*tenant, control_);
    with(key, [&](const Tenant& home, const Block& block, const Slot&, std::uint16_t local) {
        const SlotView view(home, block, local, *groups, software_);
        for (const GroupInfo& group : *groups)
            if (view.is_member(group)) found.push_back(group.id);
    });
    return found;
}

bool LiveFleet::in_scope(DeviceKey key, const Scope& scope) const {
    if (scope.empty()) return with(key, [](const auto&...) {});
    const std::vector<GroupId> groups = groups_of(key);
    return std::any_of(groups.begin(), groups.end(), [&](const GroupId& group) {
        return std::find(scope.begin(), scope.end(), group) != scope.end();
    });
}

std::optional<DeviceId> LiveFleet::by_serial(TenantId id, std::string_view serial) const {
    const Tenant* tenant = find(id);
    if (tenant == nullptr || serial.empty()) return std::nullopt;
    std::optional<DeviceId> found;
    tenant->by_unique.find(hash_of(device::key::serial, serial), [&](std::uint32_t number) {
        const Block& block = tenant->block(number);
        base::SharedLock lock(block.mutex);
        const Slot* slot = block.look(local_of(number));
        const Column* column = block.column(fixed_key(device::key::serial));
        if (slot == nullptr || !slot->exists || column == nullptr) return false;
        if (tenant->values.at(column->value(local_of(number))) != serial) return false;
        found = slot->id;
        return true;
    });
    return found;
}

std::vector<ports::DeploymentRow> LiveFleet::deployments(DeviceKey key) const {
    std::vector<ports::DeploymentRow> rows;
    with(key, [&](const Tenant&, const Block& block, const Slot&, std::uint16_t local) NO_ANALYSIS {
        if (const auto at = block.deployments.find(local); at != block.deployments.end())
            rows = at->second.rows;
    });
    return rows;
}

std::optional<ports::DeploymentRow> LiveFleet::deployment(DeviceKey key, ports::DeploymentId id) const {
    std::optional<ports::DeploymentRow> row;
    with(key, [&](const Tenant&, const Block& block, const Slot&, std::uint16_t local) NO_ANALYSIS {
        const auto at = block.deployments.find(local);
        if (at == block.deployments.end()) return;
        for (const ports::DeploymentRow& held : at->second.rows)
            if (held.id == id) row = held;
    });
    return row;
}

rollout::Counts LiveFleet::gate_count(shard::Place place, ports::RolloutId rollout, std::uint32_t wave,
                                      std::string_view stratum) const {
    const Tenant* tenant = find(place.tenant);
    if (tenant == nullptr) return {};
    base::SharedLock lock(tenant->gates_mutex);
    const auto at = tenant->gates.find(rollout);
    if (at == tenant->gates.end()) return {};
    const auto gate = at->second.find({wave, std::string(stratum)});
    if (gate == at->second.end()) return {};
    const auto counts = gate->second.find(place.shard);
    return counts == gate->second.end() ? rollout::Counts{} : counts->second;
}

std::map<std::pair<std::uint32_t, std::string>, rollout::Counts>
LiveFleet::gate_counts(TenantId id, ports::RolloutId rollout) const {
    std::map<std::pair<std::uint32_t, std::string>, rollout::Counts> sums;
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return sums;
    base::SharedLock lock(tenant->gates_mutex);
    const auto at = tenant->gates.find(rollout);
    if (at == tenant->gates.end()) return sums;
    for (const auto& [key, shards] : at->second) {
        rollout::Counts& sum = sums[key];
        for (const auto& [shard, counts] : shards)
            sum = sum + counts;
    }
    return sums;
}

LiveFleet::WaveCount LiveFleet::wave_count(TenantId id, ports::RolloutId rollout, std::uint32_t wave) const {
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {};
    base::SharedLock lock(tenant->gates_mutex);
    const auto at = tenant->waves.find({rollout, wave});
    return at == tenant->waves.end() ? WaveCount{} : at->second;
}

void LiveFleet::each_deployment(
    const std::function<void(TenantId, const ports::DeploymentRow&)>& visit) const {
    std::vector<const Tenant*> tenants;
    {
        base::SharedLock lock(mutex_);
        for (const auto& [id, tenant] : tenants_)
            tenants.push_back(tenant.get());
    }
    for (const Tenant* tenant : tenants)
        for (std::uint32_t b = 0; b < tenant->block_count.load(); ++b) {
            std::vector<ports::DeploymentRow> rows;
            {
                const Block& block = *tenant->blocks[b].load();
                base::SharedLock lock(block.mutex);
                for (const auto& [local, held] : block.deployments)
                    rows.insert(rows.end(), held.rows.begin(), held.rows.end());
            }
            for (const ports::DeploymentRow& row : rows)
                visit(tenant->id, row);
        }
}

std::uint64_t LiveFleet::size(TenantId id) const {
    const Tenant* tenant = find(id);
    return tenant == nullptr ? 0 : tenant->devices.load();
}

// ---- polls

LiveFleet::PollCell LiveFleet::poll(DeviceKey key, std::string_view certificate_serial,
                                    std::string_view boot_id, std::string_view running_version,
                                    std::string_view inventory, std::uint32_t now_seconds,
                                    const More& more) const {
    PollCell cell;
    Tenant* home = find(key.tenant);
    if (home == nullptr) return cell;
    const auto groups = more ? fleet::groups_of(*home, control_) : nullptr;
    with(*home, key,
         [&](const Tenant& tenant, const Block& block, const Slot& slot, std::uint16_t local) NO_ANALYSIS {
             cell.identity = Identity::superseded;
             if (serial_is(slot, certificate_serial))
                 cell.identity = Identity::current;
             else if (slot.rare && !slot.rare->previous_certificate_serial.empty() &&
                      slot.rare->previous_certificate_serial == certificate_serial)
                 cell.identity = Identity::previous;
             if (slot.revoked) cell.identity = Identity::revoked;
             cell.renewal_pending = slot.rare && !slot.rare->previous_certificate_serial.empty();
             cell.lifecycle = slot.lifecycle;
             cell.clone_suspected = slot.clone;
             cell.hold = slot.hold;
             const std::uint64_t boot = boot_number(boot_id);
             cell.same_boot = boot == 0 || boot == slot.boot;
             if (!cell.same_boot && slot.rare)
                 cell.earlier_boot =
                     std::find(slot.rare->earlier_boots.begin(), slot.rare->earlier_boots.end(), boot) !=
                     slot.rare->earlier_boots.end();
             cell.same_version =
                 running_version.empty() || tenant.values.at(slot.running_version) == running_version;
             const ports::DeploymentRow* deployment = block.current_row(local);
             cell.has_deployment = deployment != nullptr && !install::is_terminal(deployment->state);
             cell.asked_before = slot.rollout != 0;
             cell.has_inventory = slot.last_inventory != 0;
             cell.inventory_changed = read_hex64(inventory.substr(0, 16)).value_or(0) != slot.inventory;
             cell.desired_number = slot.desired_number;
             cell.certificate_expires = slot.certificate_expires;
             cell.poll_seconds = tenant.poll_seconds.load(std::memory_order_relaxed);
             cell.certificate_seconds = life_of(tenant.certificate_seconds.load(std::memory_order_relaxed),
                                                tenant.certificate_days.load(std::memory_order_relaxed));
             const bool welcome = cell.identity == Identity::current || cell.identity == Identity::previous;
             if (welcome) const_cast<Slot&>(slot).heard.store(now_seconds, std::memory_order_relaxed);
             if (more) more(cell, SlotView(tenant, block, local, *groups, software_));
         });
    return cell;
}

std::vector<std::pair<DeviceId, std::uint32_t>> LiveFleet::heard(TenantId id, std::uint32_t& cursor,
                                                                 std::size_t limit) const {
    std::vector<std::pair<DeviceId, std::uint32_t>> found;
    scan(id, cursor, limit, [&](const Tenant&, const Block&, const Slot& slot, std::uint16_t) {
        const std::uint32_t at = slot.heard.load(std::memory_order_relaxed);
        if (at <= slot.last_seen) return false;
        found.emplace_back(slot.id, at);
        return true;
    });
    return found;
}

std::vector<DeviceId> LiveFleet::fallen_quiet(TenantId id, std::uint32_t& cursor, std::uint32_t now_seconds,
                                              std::uint32_t default_cadence_seconds,
                                              std::size_t limit) const {
    std::vector<DeviceId> found;
    scan(id, cursor, limit,
         [&](const Tenant& tenant, const Block& block, const Slot& slot, std::uint16_t local) NO_ANALYSIS {
             // Only devices with an identity of ours can be heard of at all.
             if (slot.lifecycle != device::Lifecycle::active || slot.serial_digits == 0) return false;
             std::int64_t cadence = default_cadence_seconds;
             if (const Column* column = block.column(fixed_key(device::key::cadence))) {
                 const std::string_view text = tenant.values.at(column->value(local));
                 std::from_chars(text.data(), text.data() + text.size(), cadence);
             }
             const std::uint64_t last = std::max(slot.last_seen, slot.heard.load(std::memory_order_relaxed));
             if (now_seconds < device::quiet_from(static_cast<std::int64_t>(last), cadence)) return false;
             found.push_back(slot.id);
             return true;
         });
    return found;
}

template <class Look>
void LiveFleet::scan(TenantId id, std::uint32_t& cursor, std::size_t limit, Look look) const {
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return;
    const std::uint32_t end = tenant->block_count.load() * kBlockSlots;
    std::size_t found = 0;
    // At most one block a call, in pieces so short that the writer never waits for one.
    for (std::uint32_t pieces = 0; pieces < kBlockSlots / kSlotChunk && found < limit; ++pieces) {
        if (cursor >= end) {
            cursor = 0;
            return;
        }
        const Block& block = tenant->block(cursor);
        base::SharedLock lock(block.mutex);
        const std::uint32_t stop = (cursor / kSlotChunk + 1) * kSlotChunk;
        for (; cursor < stop && found < limit; ++cursor) {
            const Slot* slot = block.look(local_of(cursor));
            if (slot == nullptr) {
                cursor = stop;
                break;
            }
            if (slot->exists && look(*tenant, block, *slot, local_of(cursor))) ++found;
        }
    }
}

base::TimePoint LiveFleet::last_heard(DeviceKey key) const {
    base::TimePoint at{};
    with(key, [&](const Tenant&, const Block&, const Slot& slot, std::uint16_t) {
        at = time_of(std::max(slot.last_seen, slot.heard.load(std::memory_order_relaxed)));
    });
    return at;
}

std::string_view LiveFleet::key_name(const Tenant& tenant, std::size_t number) {
    return number < kFixedKeys ? fixed_key_name(number)
                               : tenant.keys.at(static_cast<std::uint32_t>(number - kFixedKeys));
}

// ---- memory

LiveFleet::Memory LiveFleet::memory() const {
    Memory memory;
    base::SharedLock lock(mutex_);
    for (const auto& [id, tenant] : tenants_) {
        memory.devices += tenant->devices.load();
        memory.values_bytes += tenant->values.bytes() + tenant->provenances.bytes() + tenant->keys.bytes();
        memory.index_bytes += tenant->by_id.bytes() + tenant->by_unique.bytes();
        for (std::uint32_t b = 0; b < tenant->block_count.load(); ++b)
            measure(*tenant->blocks[b].load(), memory);
    }
    return memory;
}

void LiveFleet::measure(const Block& block, Memory& memory) {
    const auto of = [](const Roaring& set) { return sizeof(Roaring) + set.getSizeInBytes(false) + 32; };
    const auto of_index = [&](const Inverted& index) {
        std::uint64_t sum = index.by_value.bucket_count() * sizeof(void*);
        for (const auto& [value, slots] : index.by_value)
            sum += of(slots) + 24;
        return sum;
    };
    base::SharedLock lock(block.mutex);
    for (const auto& chunk : block.slots)
        if (chunk) {
            memory.slots_bytes += kSlotChunk * sizeof(Slot);
            for (std::uint32_t i = 0; i < kSlotChunk; ++i)
                if (chunk[i].rare) memory.slots_bytes += sizeof(Rare) + 16;
        }
    for (const auto& column : block.columns) {
        if (!column) continue;
        memory.columns_bytes += sizeof(Column) + column->values.capacity() * 4 +
                                column->given.capacity() * 2 + column->provenances.bytes() +
                                column->sparse.size() * 40;
        memory.bitmaps_bytes += of_index(column->index) + of(column->present) + of(column->assumed);
    }
    for (const Inverted* index : {&block.groups, &block.base_sets, &block.delta_sets, &block.versions})
        memory.bitmaps_bytes += of_index(*index);
    for (const auto& [local, rows] : block.deployments)
        memory.slots_bytes += 64 + sizeof(Deployments) + rows.rows.capacity() * sizeof(ports::DeploymentRow);
    memory.bitmaps_bytes += of(block.used);
    for (const Roaring& set : block.lifecycles)
        memory.bitmaps_bytes += of(set);
    for (const Roaring& set : block.deploying)
        memory.bitmaps_bytes += of(set);
}

} // namespace oakum::fleet
