// SPDX-License-Identifier: Apache-2.0
#include <exchange/identity.hpp>

#include <charconv>

namespace oakum::exchange {

base::Result<fleet::DeviceActor> device_of(const ports::Peer& peer) {
    const auto nobody = [] { return base::unauthenticated("a device is known by its client certificate"); };
    std::string_view uri = peer.certificate_uri;
    constexpr std::string_view prefix = "urn:oakum:";
    if (!peer.certificate || !uri.starts_with(prefix) || peer.certificate_serial.empty()) return nobody();
    uri.remove_prefix(prefix.size());
    const std::size_t colon = uri.find(':');
    if (colon == std::string_view::npos) return nobody();
    const std::string_view tenant = uri.substr(0, colon);
    fleet::DeviceActor actor{
        .tenant = device::kDefaultTenant, .device = {}, .certificate_serial = peer.certificate_serial};
    if (tenant != "default") {
        std::uint32_t number = 0;
        const auto [end, error] = std::from_chars(tenant.data(), tenant.data() + tenant.size(), number);
        if (error != std::errc() || end != tenant.data() + tenant.size() || tenant.empty() ||
            tenant.front() == '0')
            return nobody();
        actor.tenant = device::TenantId(number);
    }
    auto id = device::DeviceId::parse(uri.substr(colon + 1));
    if (!id.ok() || id->is_zero()) return nobody();
    actor.device = *id;
    return actor;
}

} // namespace oakum::exchange
