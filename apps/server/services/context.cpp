// SPDX-License-Identifier: Apache-2.0
#include "context.hpp"

namespace oakum::server {

device::TenantId tenant_of(const access::Actor& actor) {
    return fleet::tenant_of(actor);
}

api::DeviceRef device_ref(const Context& context, device::TenantId tenant, device::DeviceId id) {
    api::DeviceRef ref;
    ref.id = id;
    ref.name = id.text();
    context.core.fleet.glance({tenant, id}, [&](const fleet::Glance& device) {
        const auto value = [&](std::string_view key) -> std::optional<std::string> {
            const auto found = device.fact(key);
            return found ? std::optional<std::string>(std::string(*found)) : std::nullopt;
        };
        ref.name = value(device::key::name).value_or(value(device::key::serial).value_or(ref.name));
        ref.model = value(device::key::model);
        ref.site = value(device::key::site);
        ref.owner = value(device::key::owner);
    });
    if (const auto row = context.core.fleet.device({tenant, id}); row && !row->group.is_zero())
        if (const auto group = context.core.control.find<ports::GroupRow>(tenant, row->group))
            ref.group = api::GroupRef{group->id, group->name};
    return ref;
}

api::ReleaseRef release_ref(const Context& context, device::TenantId tenant, ports::ReleaseId id) {
    const auto row = context.core.control.find<ports::ReleaseRow>(tenant, id);
    return row ? api::ReleaseRef{id, row->name, row->version} : api::ReleaseRef{id, "", ""};
}

std::optional<api::RolloutRef> rollout_ref(const Context& context, device::TenantId tenant,
                                           ports::RolloutId id) {
    const auto row = context.core.control.find<ports::RolloutRow>(tenant, id);
    return row ? std::optional(api::RolloutRef{id, row->plan.name}) : std::nullopt;
}

std::optional<std::string> some(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::string grouped(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return grouped(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

base::Result<std::size_t> position_of(const api::PageRequest& request) {
    if (request.after.empty()) return std::size_t{0};
    if (request.after.size() > 9 || request.after.find_first_not_of("0123456789") != std::string::npos)
        return base::invalid("this cursor is not one of ours").at("cursor");
    return static_cast<std::size_t>(std::stoul(request.after));
}

std::optional<std::string> next_of(std::size_t from, std::size_t shown, std::uint64_t total) {
    if (shown == 0 || from + shown >= total) return std::nullopt;
    return std::to_string(from + shown);
}

} // namespace oakum::server
