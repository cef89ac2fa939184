// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <fleet/live_fleet.hpp>
#include <shard/writer.hpp>

namespace oakum::fleet {

// What every use case of the fleet borrows for its lifetime; owned by the composition root.
struct Core {
    shard::Writer& writer;
    shard::ControlTables& control;
    LiveFleet& fleet;
    Software& software;
    ports::History& history;
    ports::Clock& clock;
    shard::Ids& ids;
};

// A device that proved who it is by its certificate.
struct DeviceActor {
    TenantId tenant;
    DeviceId device;
    std::string certificate_serial; // lower hexadecimal
    DeviceKey key() const { return {tenant, device}; }
};

inline TenantId tenant_of(const access::Actor& actor) {
    return TenantId(actor.tenant);
}
Scope scope_of(const access::Actor& actor);

// Role, tenant and scope in one: not_found for a device outside the actor's scope, denied for a role too
// small.
base::Status may_on_device(const Core& core, const access::Actor& actor, access::Action action,
                           DeviceId device);
// The same for what no device bounds.
base::Status may_do(const access::Actor& actor, access::Action action);

// Device times are whole seconds, so that the live fleet holds them in four bytes.
base::TimePoint whole_seconds(base::TimePoint at);

// Settings kept as documents "setting/NAME"; the fallback when absent or malformed.
inline constexpr std::uint32_t kPollSeconds = 60, kCertificateSeconds = 90 * 86'400; // when nothing is set
std::uint32_t read_setting(std::string_view body, std::uint32_t fallback);
std::uint32_t setting(const shard::ControlTables& control, TenantId tenant, std::string_view name,
                      std::uint32_t fallback);
// How long a device's certificate is good.
std::uint32_t certificate_seconds(const shard::ControlTables& control, TenantId tenant);
// From the setting certificate_seconds and from certificate_days, which was there before; 0: not set.
std::uint32_t life_of(std::uint32_t certificate_seconds, std::uint32_t certificate_days);

} // namespace oakum::fleet
