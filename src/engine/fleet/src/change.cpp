// SPDX-License-Identifier: Apache-2.0
#include "change.hpp"

#include "facts.hpp"
#include "seen.hpp"

#include <algorithm>
#include <array>
#include <device/inheritance.hpp>
#include <device/lifecycle.hpp>
#include <fleet/inventory.hpp>

namespace oakum::fleet {
namespace {

// What a scan may say of a device that is known otherwise: where it was seen. The rest fills gaps only.
constexpr std::string_view kSeenAt = "x.seen_at";
constexpr std::array<std::string_view, 5> kSeen{"address", "x.mac", kSeenAt, "x.seen_by", "x.services"};

bool is_of_sightings(std::string_view key) {
    return std::find(kSeen.begin(), kSeen.end(), key) != kSeen.end();
}

device::Fact none(std::string_view key) {
    device::Fact fact;
    fact.key = key;
    return fact;
}

device::Fact word(std::string_view key, std::string value) {
    device::Fact fact = none(key);
    fact.value = std::move(value);
    fact.source = device::FactSource::imported;
    return fact;
}

} // namespace

base::Result<DeviceChange> change_by(const device_lists::Record& record, const std::string& file,
                                     GroupId group, const std::optional<ports::DeviceRow>& device,
                                     const std::function<std::optional<device::Fact>(std::string_view)>& held,
                                     base::TimePoint now) {
    using device::Lifecycle;
    DeviceChange change;
    change.fresh = !device;
    const bool retired = device && device->lifecycle == Lifecycle::retired;
    const bool unmanaged = device ? device->lifecycle == Lifecycle::unmanaged : record.sighting;
    if (record.sighting && device) {
        // Somebody passed over it; and what an older scan saw is known better.
        if (retired) return change;
        const auto seen = record.facts.find(std::string(kSeenAt));
        const auto before = held(kSeenAt);
        if (before && seen != record.facts.end() && seen->second < before->value) return change;
    }
    if (retired && !device->certificate_serial.empty())
        return base::conflict("this device is retired; it comes back by enrolling again");
    if (!device)
        change.lifecycle = record.sighting ? Lifecycle::unmanaged : Lifecycle::active;
    else if (!record.sighting && (retired || unmanaged))
        change.lifecycle = Lifecycle::active;
    if (device) change.lifecycle_before = device->lifecycle, change.group_before = device->group;
    if (!group.is_zero() && (!device || device->group != group)) change.group = group;
    for (const auto& [key, value] : record.facts) {
        const auto before = held(key);
        if (before && before->value == value) continue;
        const bool fills_gaps_only = record.sighting && !unmanaged && !is_of_sightings(key);
        if (fills_gaps_only && before) continue;
        device::Fact after{key, value, device::FactSource::imported, file, minute_of(now)};
        if (before && !device::replaces(after, *before))
            ++change.kept;
        else
            change.facts.push_back({before ? *before : none(key), std::move(after)});
    }
    return change;
}

base::Result<DeedChange> put_change(shard::Transaction& transaction, const Software& software,
                                    const DeviceChange& change, const std::string& why,
                                    ports::DeviceRow& device) {
    DeedChange deed;
    if (change.lifecycle && !change.fresh) {
        deed.before.push_back(word(ports::kEditedLifecycle, std::string(to_string(device.lifecycle))));
        deed.after.push_back(word(ports::kEditedLifecycle, std::string(to_string(*change.lifecycle))));
    }
    if (change.group) {
        deed.before.push_back(word(ports::kEditedGroup, state_of(device, ports::kEditedGroup)));
        deed.after.push_back(word(ports::kEditedGroup, change.group->text()));
    }
    for (const FactChange& fact : change.facts) {
        deed.before.push_back(fact.before);
        deed.after.push_back(fact.after);
    }
    if (!change.fresh) {
        TRY(make_change(transaction, software, deed, device, why));
        return deed;
    }
    // That it was made says it all; each fact names its source and date.
    device.lifecycle = *change.lifecycle;
    if (change.group) device.group = *change.group;
    transaction.event(
        {device.id, transaction.now(), "lifecycle", "", "", std::string(to_string(device.lifecycle)), why});
    for (const FactChange& fact : change.facts)
        transaction.put(ports::FactRow{device.id, fact.after});
    follow_facts(transaction, software, device);
    return deed;
}

base::Status make_change(shard::Transaction& transaction, const Software& software,
                         const DeviceChange& change, const std::string& file, ports::EditId edit,
                         const device_lists::Record& record, ports::DeviceRow device) {
    TRY_VALUE(DeedChange deed, put_change(transaction, software, change,
                                          (record.sighting ? "seen in " : "imported from ") + file, device));
    // Nobody else says what runs there.
    if (device.certificate_serial.empty() && !record.sighting)
        device.last_inventory = whole_seconds(transaction.now());
    transaction.put(device);
    transaction.change("device", device.id.text(),
                       change.fresh ? "{\"what\":\"created\"}" : "{\"what\":\"imported\"}");
    transaction.put(ports::EditedDeviceRow{edit, device.id, record.line, change.fresh, false,
                                           std::move(deed.before), std::move(deed.after)});
    return {};
}

void retire_double(shard::Transaction& transaction, ports::EditId edit, std::uint64_t line,
                   ports::DeviceRow device, const std::string& why) {
    ports::EditedDeviceRow edited{edit, device.id, line, false, false, {}, {}};
    edited.before.push_back(word(ports::kEditedLifecycle, std::string(to_string(device.lifecycle))));
    edited.after.push_back(word(ports::kEditedLifecycle, "retired"));
    transaction.put(std::move(edited));
    retire_seen(transaction, std::move(device), why);
}

} // namespace oakum::fleet
