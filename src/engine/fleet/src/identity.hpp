// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/enrolment.hpp>
#include <fleet/inventory.hpp>

// What every way to an identity has in common, within its command.
namespace oakum::fleet {

// May a record that exists take a new identity? One whose certificate ended can do nothing with it any more.
base::Status may_take_identity(const ports::DeviceRow& row, base::TimePoint now);

// The record, or a new one.
struct Newcomer {
    ports::DeviceRow row;
    bool fresh = false;
    device::Lifecycle before = device::Lifecycle::pending;
};
Newcomer newcomer(std::optional<ports::DeviceRow> row, DeviceId id, base::TimePoint now);

// The new identity with its facts, event and audit record; puts the row. `token`: its id, for the log.
void take_identity(shard::Transaction& transaction, const Software& software, Newcomer& device,
                   const EnrolRequest& told, const std::string& identity, const std::string& detail,
                   const std::string& token);

base::Status check_enrolment_facts(const EnrolRequest& request);

} // namespace oakum::fleet
