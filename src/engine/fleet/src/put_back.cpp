// SPDX-License-Identifier: Apache-2.0
#include "put_back.hpp"

#include "deed_change.hpp"

#include <device/lifecycle.hpp>

#include <algorithm>

namespace oakum::fleet {
namespace {

std::string by_whom(const device::Fact& fact) {
    return std::string(to_string(fact.source)) + (fact.detail.empty() ? "" : " by " + fact.detail);
}

void add(DeedChange& change, const device::Fact& before, const device::Fact& after) {
    change.before.push_back(before);
    change.after.push_back(after);
    change.after.back().key = before.key;
}

device::Fact gone(const device::Fact& fact) {
    device::Fact none;
    none.key = fact.key;
    return none;
}

device::Fact state(std::string_view key, std::string value) {
    device::Fact fact;
    fact.key = key;
    fact.value = std::move(value);
    return fact;
}

// Why a device that the edit made stays; empty: nothing happened to it since.
std::string why_it_stays(const shard::Transaction& transaction, const ports::DeviceRow& device,
                         const ports::EditedDeviceRow& edited) {
    if (!device.certificate_serial.empty() || !device.previous_certificate_serial.empty())
        return "it enrolled since";
    if (!device.deployment.is_zero()) return "it was offered an update since";
    if (device.lifecycle == device::Lifecycle::retired) return "it was retired since";
    if (device.hold) return "it is held since";
    std::string group;
    for (const device::Fact& fact : edited.after)
        if (fact.key == ports::kEditedGroup) group = fact.value;
    if (state_of(device, ports::kEditedGroup) != group) return "it moved to another group since";
    for (const device::Fact& fact : transaction.facts(device.id))
        if (std::find(edited.after.begin(), edited.after.end(), fact) == edited.after.end())
            return fact.key + " was changed since (" + by_whom(fact) + ")";
    return {};
}

// Its facts go, so that its serial is free, and it leaves every count.
DeedChange removal(const shard::Transaction& transaction, const ports::DeviceRow& device) {
    DeedChange change;
    for (const device::Fact& fact : transaction.facts(device.id))
        add(change, fact, gone(fact));
    for (const auto& [key, value] :
         {std::pair(ports::kEditedGroup, ""), std::pair(ports::kEditedLifecycle, "retired")})
        if (std::string is = state_of(device, key); is != value)
            add(change, state(key, std::move(is)), state(key, value));
    return change;
}

// What is still as the edit left it goes back; the rest is named.
DeedChange return_of(const shard::Transaction& transaction, const ports::DeviceRow& device,
                     const ports::EditedDeviceRow& edited, std::vector<std::string>& left) {
    DeedChange change;
    for (std::size_t i = 0; i < edited.before.size() && i < edited.after.size(); ++i) {
        const device::Fact &before = edited.before[i], &after = edited.after[i];
        if (after.key == kEditedException) continue;
        if (after.key.starts_with('=')) {
            const std::string now = state_of(device, after.key);
            if (now == after.value)
                add(change, after, before);
            else if (now != before.value)
                left.push_back(after.key.substr(1) + " was changed since");
            continue;
        }
        const auto held = transaction.fact(device.id, after.key);
        if (after.value.empty() ? !held.has_value() : held == after)
            add(change, after, before.value.empty() ? gone(after) : before);
        else if (!held || held->value != before.value)
            left.push_back(after.key + " was changed since" + (held ? " (" + by_whom(*held) + ")" : ""));
    }
    return change;
}

} // namespace

base::Result<PutBack> put_back(shard::Transaction& transaction, const Software& software,
                               ports::EditedDeviceRow edited, const std::string& why) {
    PutBack result;
    auto device = transaction.device(edited.device);
    if (!device) return base::not_found("there is no such device");
    DeedChange change;
    if (!edited.created)
        change = return_of(transaction, *device, edited, result.left);
    else if (std::string stays = why_it_stays(transaction, *device, edited); !stays.empty())
        result.left.push_back(std::move(stays));
    else
        change = removal(transaction, *device);
    if (!change.empty()) {
        TRY(make_change(transaction, software, change, *device, why));
        transaction.put(*device);
        transaction.change("device", edited.device.text(), "{\"what\":\"undone\"}");
        result.anything = true;
    }
    edited.undone = true;
    transaction.put(std::move(edited));
    return result;
}

} // namespace oakum::fleet
