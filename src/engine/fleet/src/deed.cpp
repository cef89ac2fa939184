// SPDX-License-Identifier: Apache-2.0
#include "deed_change.hpp"

#include "facts.hpp"

#include <device/inheritance.hpp>
#include <device/lifecycle.hpp>
#include <fleet/inventory.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <array>

namespace oakum::fleet {
namespace {

constexpr std::size_t kMostFacts = 128;

struct DeedWord {
    std::string_view word, audited;
    access::Action action;
};
constexpr std::array<DeedWord, 6> kWords{{{"set", "device.edit", access::Action::device_edit},
                                          {"move", "device.move", access::Action::device_edit},
                                          {"hold", "device.hold", access::Action::device_operate},
                                          {"release", "device.release", access::Action::device_operate},
                                          {"retire", "device.retire", access::Action::device_operate},
                                          {"re-enrol", "device.revoke", access::Action::device_revoke}}};

device::Fact none(std::string_view key) {
    device::Fact fact;
    fact.key = key;
    return fact;
}

void add(DeedChange& change, std::string_view key, std::string before, std::string after) {
    change.before.push_back(none(key));
    change.before.back().value = std::move(before);
    change.after.push_back(none(key));
    change.after.back().value = std::move(after);
}

void add_fact(DeedChange& change, const std::string& key, const std::string& value, const std::string& person,
              const std::optional<device::Fact>& held, base::TimePoint now) {
    if (value.empty()) {
        if (!held || held->source != device::FactSource::person) return;
        change.before.push_back(*held);
        change.after.push_back(none(key));
        return;
    }
    device::Fact after{key, value, device::FactSource::person, person, minute_of(now)};
    if (held && (held->value == value || !device::replaces(after, *held))) return;
    change.before.push_back(held ? *held : none(key));
    change.after.push_back(std::move(after));
}

std::string text_of(GroupId group) {
    return group.is_zero() ? std::string() : group.text();
}

// Errors: bug, invalid (a stored text that is none of its kind).
base::Status set_state(ports::DeviceRow& device, const device::Fact& after) {
    if (after.key == ports::kEditedGroup) {
        device.group = GroupId();
        if (!after.value.empty()) {
            TRY_VALUE(device.group, GroupId::parse(after.value));
        }
    } else if (after.key == ports::kEditedHold) {
        device.hold = after.value == "held";
    } else if (after.key == kEditedIdentity) {
        device.revoked = after.value == "revoked";
    } else if (after.key == ports::kEditedLifecycle) {
        TRY_VALUE(device.lifecycle, device::parse_lifecycle(after.value));
    } else {
        return base::bug("no state of a device is called " + after.key);
    }
    return {};
}

// Of the event that tells it.
std::pair<std::string, std::string> told_as(const ports::DeviceRow& device, const device::Fact& after) {
    if (after.key == ports::kEditedGroup) return {"fact", "group"};
    if (after.key == kEditedIdentity) return {"certificate", device.certificate_serial};
    return {"lifecycle", ""};
}

} // namespace

std::string_view to_string(Deed::Kind kind) {
    return kWords[static_cast<std::size_t>(kind)].word;
}

access::Action action_of(Deed::Kind kind) {
    return kWords[static_cast<std::size_t>(kind)].action;
}

bool is_lasting(Deed::Kind kind) {
    return kind == Deed::Kind::re_enrol;
}

base::Status check(const Deed& deed) {
    if (deed.kind != Deed::Kind::set) return {};
    if (deed.facts.empty() || deed.facts.size() > kMostFacts)
        return base::invalid("between 1 and 128 facts can be set").at("/facts");
    for (const auto& [key, value] : deed.facts) {
        if (key == device::key::serial) return base::invalid("the serial is the device's own").at("/serial");
        // One that a person set when that was possible may still be taken away.
        TRY(value.empty() ? check_any_fact(key, value) : check_fact(key, value));
    }
    return {};
}

base::Result<DeedChange> change_by(const Deed& deed, const std::string& person,
                                   const ports::DeviceRow& device, const HeldFact& held,
                                   base::TimePoint now) {
    DeedChange change;
    const auto to = [&](std::string_view key, std::string wanted) {
        if (std::string is = state_of(device, key); is != wanted)
            add(change, key, std::move(is), std::move(wanted));
    };
    switch (deed.kind) {
    case Deed::Kind::set:
        for (const auto& [key, value] : deed.facts)
            add_fact(change, key, value, person, held(key), now);
        break;
    case Deed::Kind::move:
        to(ports::kEditedGroup, text_of(deed.group));
        break;
    case Deed::Kind::hold:
        to(ports::kEditedHold, "held");
        break;
    case Deed::Kind::release:
        to(ports::kEditedHold, "released");
        break;
    case Deed::Kind::retire: {
        TRY_VALUE(const auto retired, device::step(device.lifecycle, device::LifecycleEvent::retired));
        to(ports::kEditedLifecycle, std::string(device::to_string(retired)));
        break;
    }
    case Deed::Kind::re_enrol:
        if (device.certificate_serial.empty()) return base::conflict("the device holds no identity");
        to(kEditedIdentity, "revoked");
        break;
    }
    return change;
}

base::Status make_change(shard::Transaction& transaction, const Software& software, const DeedChange& change,
                         ports::DeviceRow& device, const std::string& why) {
    bool facts = false;
    for (std::size_t i = 0; i < change.after.size(); ++i) {
        const device::Fact &before = change.before[i], &after = change.after[i];
        if (after.key.starts_with('=')) {
            TRY(set_state(device, after));
            auto [kind, subject] = told_as(device, after);
            transaction.event({device.id, transaction.now(), std::move(kind), std::move(subject),
                               before.value, after.value, why});
        } else {
            transaction.event(
                {device.id, transaction.now(), "fact", after.key, before.value, after.value, why});
            transaction.put(ports::FactRow{device.id, after});
            facts = true;
        }
    }
    if (facts) follow_facts(transaction, software, device);
    return {};
}

std::string said_by(const access::Actor& actor, const std::string& why) {
    return actor.text() + (why.empty() ? "" : ": " + why);
}

std::string json_of(const std::vector<device::Fact>& half) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const device::Fact& fact : half)
        writer.member(std::string_view(fact.key).substr(fact.key.starts_with('=') ? 1 : 0), fact.value);
    writer.end_object();
    return text;
}

std::string audited_as(Deed::Kind kind) {
    return std::string(kWords[static_cast<std::size_t>(kind)].audited);
}

base::Status check_target(const Core& core, const access::Actor& actor, const Deed& deed) {
    if (deed.kind != Deed::Kind::move) return {};
    const Scope scope = scope_of(actor);
    const bool within = scope.empty() || std::find(scope.begin(), scope.end(), deed.group) != scope.end();
    const auto group = core.control.find<ports::GroupRow>(tenant_of(actor), deed.group);
    if (!within || (!deed.group.is_zero() && (!group || group->deleted)))
        return base::not_found("there is no group " + deed.group.text());
    return {};
}

void do_deed(Core& core, access::Actor actor, DeviceId device, Deed deed, std::string why,
             std::function<void(base::Status)> done) {
    for (auto status : {check(deed), may_on_device(core, actor, action_of(deed.kind), device),
                        check_target(core, actor, deed)})
        if (!status.ok()) return done(std::move(status));
    // A device that lost its identity is refused at once, also under overload.
    const auto priority =
        deed.kind == Deed::Kind::re_enrol ? shard::Priority::terminal : shard::Priority::person;
    core.writer.submit(
        shard::place_of(tenant_of(actor), device), priority,
        [&core, actor, device, deed = std::move(deed),
         why = std::move(why)](shard::Transaction& transaction) -> base::Status {
            auto row = transaction.device(device);
            if (!row) return base::not_found("there is no device " + device.text());
            TRY_VALUE(const DeedChange change,
                      change_by(
                          deed, actor.name, *row,
                          [&](std::string_view key) { return transaction.fact(device, key); },
                          transaction.now()));
            if (change.empty()) return {};
            TRY(make_change(transaction, core.software, change, *row, said_by(actor, why)));
            const std::string action = audited_as(deed.kind);
            transaction.put(*row);
            transaction.change("device", device.text(), json_of({{"what", action}}));
            transaction.audit({actor.text(), action, "device " + device.text(), json_of(change.before),
                               json_of(change.after), why});
            return {};
        },
        std::move(done));
}

std::string state_of(const ports::DeviceRow& device, std::string_view key) {
    if (key == ports::kEditedGroup) return text_of(device.group);
    if (key == ports::kEditedHold) return device.hold ? "held" : "released";
    if (key == kEditedIdentity) return device.revoked ? "revoked" : "valid";
    return std::string(device::to_string(device.lifecycle));
}

void follow_facts(shard::Transaction& transaction, const Software& software, ports::DeviceRow& device) {
    const std::vector<device::Fact> facts = transaction.facts(device.id);
    if (device.certificate_serial.empty())
        device.running_version = value_of(facts, device::key::firmware_version);
    move_base_set(transaction, device, base_set_for(transaction, software, facts, device.running_version));
}

} // namespace oakum::fleet
