// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"

#include <algorithm>
#include <base/digest.hpp>
#include <bit>
#include <cstring>

namespace oakum::fleet {
namespace {

namespace key = device::key;

constexpr std::array<std::string_view, kFixedKeys> kKeys = {
    key::serial,   key::name,       key::kind,        key::manufacturer,     key::model,    key::hw_revision,
    key::platform, key::os_version, key::patch_level, key::firmware_version, key::kernel,   key::address,
    key::site,     key::zone,       key::owner,       key::criticality,      key::exposure, key::support_end,
    key::cadence,  key::timezone,   key::safety,      key::unattended,       key::protocol};

} // namespace

std::size_t fixed_key(std::string_view name) {
    return static_cast<std::size_t>(std::find(kKeys.begin(), kKeys.end(), name) - kKeys.begin());
}

std::string_view fixed_key_name(std::size_t number) {
    return kKeys[number];
}

std::string hex_of(std::uint64_t value) {
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4)
        text[i] = "0123456789abcdef"[value & 15];
    return text;
}

bool is_unique_key(std::string_view name) {
    return name == key::serial || name == key::name || name == key::address;
}

void Inverted::move(std::uint16_t local, std::uint32_t from, std::uint32_t to) {
    if (!on || from == to) return;
    if (from != 0) {
        const auto at = by_value.find(from);
        if (at != by_value.end()) {
            at->second.remove(local);
            if (at->second.isEmpty()) by_value.erase(at);
        }
    }
    if (to == 0) return;
    by_value[to].add(local);
    if (by_value.size() > kMostDistinct) {
        // Too many values for bitmaps: from here on the column is read cell by cell.
        on = false;
        by_value.clear();
    }
}

std::uint16_t Provenances::place_of(std::uint32_t number) {
    if (last_ < numbers_.size() && numbers_[last_] == number) return last_;
    const auto [at, fresh] = places_.try_emplace(number, static_cast<std::uint16_t>(numbers_.size()));
    if (fresh) numbers_.push_back(number);
    return last_ = at->second;
}

void Provenances::keep(const std::vector<std::uint32_t>& numbers) {
    numbers_.clear();
    places_.clear();
    for (const std::uint32_t number : numbers)
        place_of(number);
}

std::uint16_t Column::give(std::uint32_t provenance) {
    if (provenances.is_full()) {
        // Of cells that are gone, most of them. The cell at hand is empty, so that there is room afterwards.
        std::vector<std::uint32_t> held(values.size());
        std::vector<std::uint32_t> used;
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] != 0) used.push_back(held[i] = provenances.at(given[i]));
        provenances.keep(used);
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] != 0) given[i] = provenances.place_of(held[i]);
    }
    return provenances.place_of(provenance);
}

void Column::set(std::uint16_t local, Cell cell, bool is_assumed) {
    const std::uint32_t before = value(local);
    index.move(local, before, cell.value);
    if (cell.value == 0) {
        present.remove(local);
        assumed.remove(local);
        if (dense && local < values.size()) values[local] = 0;
        if (!dense) sparse.erase(local);
        return;
    }
    if (before == 0) present.add(local);
    if (is_assumed)
        assumed.add(local);
    else if (before != 0)
        assumed.remove(local);
    if (!dense) {
        sparse[local] = cell;
        return;
    }
    if (local >= values.size()) {
        // Doubled, so that little is moved and a small fleet pays for what it has.
        const std::size_t wanted = std::max<std::size_t>(std::bit_ceil(local + 1U), kSlotChunk);
        values.reserve(wanted);
        values.resize(wanted);
        given.reserve(wanted);
        given.resize(wanted);
    }
    values[local] = 0;
    given[local] = give(cell.provenance);
    values[local] = cell.value;
}

bool LiveFleet::Block::set_fact(std::uint16_t local, std::size_t number, Cell cell, bool is_assumed) {
    if (number >= columns.size()) columns.resize(number + 1);
    auto& column = columns[number];
    if (!column) {
        if (cell.value == 0) return false;
        const bool fixed = number < kFixedKeys;
        column = std::make_unique<Column>(fixed, fixed && is_unique_key(kKeys[number]));
    }
    const bool other = column->value(local) != cell.value || column->assumed.contains(local) != is_assumed;
    column->set(local, cell, is_assumed);
    return other;
}

void LiveFleet::Block::index_deployment(std::uint16_t local) {
    for (Roaring& states : deploying)
        states.remove(local);
    const Slot* row = look(local);
    const auto at = deployments.find(local);
    if (row == nullptr || at == deployments.end()) return;
    // Ended ones are of interest while they are the device's current one.
    std::erase_if(at->second.rows, [&](const ports::DeploymentRow& deployment) {
        return row->exists && install::is_terminal(deployment.state) && deployment.id != at->second.current;
    });
    if (const ports::DeploymentRow* now = current_row(local))
        deploying[static_cast<std::size_t>(now->state)].add(local);
    if (at->second.rows.empty() && at->second.current.is_zero()) deployments.erase(at);
}

const ports::DeploymentRow* LiveFleet::Block::current_row(std::uint16_t local) const {
    const auto at = deployments.find(local);
    if (at == deployments.end() || at->second.current.is_zero()) return nullptr;
    for (const ports::DeploymentRow& row : at->second.rows)
        if (row.id == at->second.current) return &row;
    return nullptr;
}

void LiveFleet::Block::clear_facts(std::uint16_t local) {
    for (auto& column : columns)
        if (column) column->set(local, {}, false);
    deployments.erase(local);
    slot(local).inventory = 0;
    index_deployment(local);
}

std::uint32_t LiveFleet::Tenant::key_number(std::string_view name) {
    const std::size_t fixed = fixed_key(name);
    if (fixed < kFixedKeys) return static_cast<std::uint32_t>(fixed);
    return static_cast<std::uint32_t>(kFixedKeys) + keys.intern(name);
}

std::optional<std::size_t> LiveFleet::Tenant::find_key(std::string_view name) const {
    const std::size_t fixed = fixed_key(name);
    if (fixed < kFixedKeys) return fixed;
    const std::uint32_t own = keys.find(name);
    if (own == 0) return std::nullopt;
    return kFixedKeys + own;
}

std::optional<std::uint32_t> LiveFleet::Tenant::find(DeviceId device) const {
    std::optional<std::uint32_t> found;
    by_id.find(hash_of(device), [&](std::uint32_t candidate) {
        const Block& home = block(candidate);
        base::SharedLock lock(home.mutex);
        const Slot* row = home.look(static_cast<std::uint16_t>(candidate % kBlockSlots));
        if (row == nullptr || !row->taken || row->id != device) return false;
        found = candidate;
        return true;
    });
    return found;
}

std::optional<std::uint32_t> LiveFleet::Tenant::find_again(DeviceId device) {
    if (last_found && last_found->first == device) return last_found->second;
    const auto found = find(device);
    if (found) last_found.emplace(device, *found);
    return found;
}

std::uint32_t LiveFleet::Tenant::provenance_of(const device::Fact& fact) {
    if (last_provenance && last_provenance->first.source == fact.source &&
        last_provenance->first.at == fact.at && last_provenance->first.detail == fact.detail)
        return last_provenance->second;
    const std::uint32_t number = provenances.intern(pack_provenance(fact));
    last_provenance.emplace(device::Fact{{}, {}, fact.source, fact.detail, fact.at}, number);
    return number;
}

std::uint32_t LiveFleet::Tenant::take_slot(DeviceId device) {
    std::uint32_t number = 0;
    if (!free_slots.empty()) {
        number = free_slots.back();
        free_slots.pop_back();
    } else {
        number = next_slot++;
        const std::uint32_t wanted = number / kBlockSlots;
        if (wanted >= block_count.load()) {
            blocks[wanted].store(new Block(), std::memory_order_release);
            block_count.store(wanted + 1, std::memory_order_release);
        }
    }
    {
        Block& home = block(number);
        base::ExclusiveLock lock(home.mutex);
        Slot& row = home.slot(static_cast<std::uint16_t>(number % kBlockSlots));
        row.id = device;
        row.taken = true;
    }
    by_id.insert(hash_of(device), number);
    last_found.emplace(device, number);
    return number;
}

void LiveFleet::Tenant::put_setting(const ports::DocumentRow& row) {
    if (row.name == "setting/poll_seconds") poll_seconds = read_setting(row.body, kPollSeconds);
    if (row.name == "setting/certificate_days") certificate_days = read_setting(row.body, 0);
    if (row.name == "setting/certificate_seconds") certificate_seconds = read_setting(row.body, 0);
}

std::uint64_t hash_of(DeviceId id) {
    // The low half of an id is random; the multiplication spreads it over the stripes too.
    return (id.get().low ^ id.get().high) * 0x9E3779B97F4A7C15ULL;
}

std::uint64_t hash_of(std::string_view name, std::string_view value) {
    std::string text(name);
    text += '\0';
    for (char c : value)
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return base::siphash24(0x6f616b, 0x756d, base::as_bytes(text));
}

std::uint64_t boot_number(std::string_view boot_id) {
    if (boot_id.empty()) return 0;
    const std::uint64_t number = base::siphash24(0x626f6f74, 0x6964, base::as_bytes(boot_id));
    return number == 0 ? 1 : number;
}

std::uint32_t seconds_of(base::TimePoint at) {
    const std::int64_t seconds = base::unix_seconds(at);
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, 0xFFFFFFFF));
}

base::TimePoint time_of(std::uint32_t seconds) {
    return base::from_unix_ms(std::int64_t{seconds} * 1000);
}

std::string pack_provenance(const device::Fact& fact) {
    std::string packed(9, '\0');
    packed[0] = static_cast<char>('0' + static_cast<int>(fact.source));
    const std::int64_t at = base::unix_ms(fact.at);
    std::memcpy(packed.data() + 1, &at, sizeof(at));
    return packed + fact.detail;
}

device::Fact unpack(std::string_view name, std::string_view value, std::string_view provenance) {
    device::Fact fact;
    fact.key = std::string(name);
    fact.value = std::string(value);
    if (provenance.size() >= 9) {
        fact.source = static_cast<device::FactSource>(provenance[0] - '0');
        std::int64_t at = 0;
        std::memcpy(&at, provenance.data() + 1, sizeof(at));
        fact.at = base::from_unix_ms(at);
        fact.detail = std::string(provenance.substr(9));
    }
    return fact;
}

} // namespace oakum::fleet
