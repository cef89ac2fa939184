// SPDX-License-Identifier: Apache-2.0
#include "identity.hpp"

#include "facts.hpp"

#include <device/lifecycle.hpp>

#include <algorithm>

namespace oakum::fleet {

base::Status may_take_identity(const ports::DeviceRow& row, base::TimePoint now) {
    const bool ended = row.certificate_expires && *row.certificate_expires <= now;
    const bool free = row.certificate_serial.empty() || row.revoked || ended ||
                      row.lifecycle == device::Lifecycle::retired ||
                      row.lifecycle == device::Lifecycle::pending;
    if (free) return {};
    return base::conflict("a device with this serial holds an identity already; revoke or retire it first");
}

Newcomer newcomer(std::optional<ports::DeviceRow> row, DeviceId id, base::TimePoint now) {
    Newcomer device;
    device.fresh = !row;
    if (row) {
        device.row = std::move(*row);
    } else {
        device.row.id = id;
        device.row.first_seen = now;
    }
    device.before = device.row.lifecycle;
    return device;
}

void take_identity(shard::Transaction& transaction, const Software& software, Newcomer& device,
                   const EnrolRequest& told, const std::string& identity, const std::string& detail,
                   const std::string& token) {
    ports::DeviceRow& row = device.row;
    row.certificate_serial = identity;
    row.revoked = false;
    row.clone_suspected = false;
    const auto unix = static_cast<std::uint64_t>(base::unix_seconds(transaction.now()));
    row.desired_number = std::max(row.desired_number + 1, unix);
    const auto tell = [&](std::string_view key, const std::string& value) {
        if (!value.empty())
            learn(transaction, row.id,
                  {std::string(key), value, device::FactSource::reported, "", minute_of(transaction.now())});
    };
    tell(device::key::serial, told.serial);
    tell(device::key::model, told.model);
    tell(device::key::hw_revision, told.hw_revision);
    tell(device::key::protocol, told.protocol);
    for (const auto& [key, value] : told.facts)
        if (key != device::key::firmware_version) tell(key, value);
    transaction.event({row.id, transaction.now(), "enrolled", identity,
                       device.fresh ? std::string() : std::string(device::to_string(device.before)),
                       std::string(device::to_string(row.lifecycle)), detail});
    if (const auto version = told.facts.find(std::string(device::key::firmware_version));
        version != told.facts.end())
        note_running_version(transaction, software, row, version->second);
    // What it says of its system makes a set as well, which no later word of the same would.
    if (const SetId set = base_set_for(transaction, software, transaction.facts(row.id), row.running_version);
        set != SetId())
        move_base_set(transaction, row, set);
    transaction.put(row);
    transaction.change("device", row.id.text(), "{\"what\":\"enrolled\"}");
    transaction.audit(
        {"device " + row.id.text(), "device.enrol", "device " + row.id.text(), "",
         json_of(
             {{"serial", told.serial}, {"model", told.model}, {"certificate", identity}, {"token", token}}),
         ""});
}

base::Status check_enrolment_facts(const EnrolRequest& request) {
    constexpr std::size_t kMaxSerial = 128;
    if (request.serial.empty() || request.serial.size() > kMaxSerial)
        return base::invalid("a serial of at most 128 bytes is needed").at("/serial");
    if (request.facts.size() > 128) return base::too_large("more than 128 facts").at("/facts");
    TRY(check_fact(device::key::serial, request.serial));
    TRY(check_fact(device::key::model, request.model));
    TRY(check_fact(device::key::hw_revision, request.hw_revision));
    for (const auto& [key, value] : request.facts)
        TRY(check_fact(key, value));
    return {};
}

} // namespace oakum::fleet
