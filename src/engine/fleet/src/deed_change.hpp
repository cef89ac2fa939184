// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <fleet/deed.hpp>

#include <functional>

// What a deed changes on one device: decided by one function for previews and for commits, made by another,
// which an undo uses too.
namespace oakum::fleet {

// The certificate, as a state beside ports::kEdited*: "valid", "revoked".
inline constexpr std::string_view kEditedIdentity = "=identity";
// A decision about findings that an edit made, in its own record only: its id.
inline constexpr std::string_view kEditedException = "=exception";

// Before and after of what it changes, of the same length and keys: facts (an empty value: none) and the
// states of the row under ports::kEdited*.
struct DeedChange {
    std::vector<device::Fact> before, after;
    bool empty() const { return after.empty(); }
};

// The device's own fact.
using HeldFact = std::function<std::optional<device::Fact>(std::string_view key)>;

// Empty: it is so already. Errors: conflict (why it cannot be done on this device, as part of a sentence).
base::Result<DeedChange> change_by(const Deed& deed, const std::string& person,
                                   const ports::DeviceRow& device, const HeldFact& held, base::TimePoint now);

// Puts facts and events and changes the row, which the caller puts. `why` stands in the device's history.
base::Status make_change(shard::Transaction& transaction, const Software& software, const DeedChange& change,
                         ports::DeviceRow& device, const std::string& why);
// "user anna: the reason".
std::string said_by(const access::Actor& actor, const std::string& why);
// Before, or after, as a JSON object of texts.
std::string json_of(const std::vector<device::Fact>& half);
// "device.hold": in the audit log and the feed.
std::string audited_as(Deed::Kind kind);
// The whole use case on one device: rights, commit, audit record.
void do_deed(Core& core, access::Actor actor, DeviceId device, Deed deed, std::string why,
             std::function<void(base::Status)> done);
// Errors: not_found (a group that is not there, or out of the actor's reach).
base::Status check_target(const Core& core, const access::Actor& actor, const Deed& deed);

// What of a row goes by that key, as text.
std::string state_of(const ports::DeviceRow& device, std::string_view key);
// What follows from its facts: what runs on a device that says nothing of itself, and its base set.
void follow_facts(shard::Transaction& transaction, const Software& software, ports::DeviceRow& device);

} // namespace oakum::fleet
