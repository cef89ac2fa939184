// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <fleet/core.hpp>

namespace oakum::fleet {

Scope scope_of(const access::Actor& actor) {
    Scope scope;
    for (const base::Id128& group : actor.scope)
        scope.push_back(GroupId(group));
    return scope;
}

base::Status may_on_device(const Core& core, const access::Actor& actor, access::Action action,
                           DeviceId device) {
    const DeviceKey key{tenant_of(actor), device};
    access::Resource resource{actor.tenant, std::vector<base::Id128>()};
    const bool there = core.fleet.glance(key, [](const Glance&) {});
    if (!there) return base::not_found("there is no device " + device.text());
    for (const GroupId& group : core.fleet.groups_of(key))
        resource.groups->push_back(group.get());
    const access::Decision decision = access::may(actor, action, resource);
    // The same words as for a device that does not exist.
    if (decision.hidden) return base::not_found("there is no device " + device.text());
    return decision.status();
}

base::Status may_do(const access::Actor& actor, access::Action action) {
    return access::may(actor, action).status();
}

base::TimePoint whole_seconds(base::TimePoint at) {
    return base::from_unix_ms(base::unix_seconds(at) * 1000);
}

std::uint32_t read_setting(std::string_view body, std::uint32_t fallback) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
    return error != std::errc() || end != body.data() + body.size() || body.empty() ? fallback : value;
}

std::uint32_t setting(const shard::ControlTables& control, TenantId tenant, std::string_view name,
                      std::uint32_t fallback) {
    return read_setting(control.document(tenant, "setting/" + std::string(name)), fallback);
}

std::uint32_t certificate_seconds(const shard::ControlTables& control, TenantId tenant) {
    return life_of(setting(control, tenant, "certificate_seconds", 0),
                   setting(control, tenant, "certificate_days", 0));
}

std::uint32_t life_of(std::uint32_t certificate_seconds, std::uint32_t certificate_days) {
    if (certificate_seconds != 0) return certificate_seconds;
    return certificate_days != 0 ? certificate_days * 86'400 : kCertificateSeconds;
}

} // namespace oakum::fleet
