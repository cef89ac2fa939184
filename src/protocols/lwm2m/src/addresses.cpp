// SPDX-License-Identifier: Apache-2.0
#include <lwm2m/downloads.hpp>

#include <algorithm>
#include <array>

namespace oakum::lwm2m {
namespace {

constexpr std::size_t kSeal = 12; // bytes: guessed once in 2^96

std::string text_of(device::DeviceId id) {
    return base::to_base64url(base::to_bytes(id.get()));
}

} // namespace

std::string Addresses::path_of(const fleet::DeviceActor& device, const ports::DeploymentRow& row) const {
    const std::string what = "package of " + std::to_string(device.tenant.get()) + "/" +
                             device.device.text() + "/" + row.id.text() + "/" + std::to_string(row.attempt);
    const base::Digest256 seal = base::hmac_sha256(key_, base::as_bytes(what));
    return std::string(kPrefix) + text_of(device.device) + "/" +
           base::to_base64url(base::ByteView(seal.bytes).first(kSeal));
}

std::optional<device::DeviceId> Addresses::device_in(std::string_view path) {
    if (!path.starts_with(kPrefix)) return std::nullopt;
    path.remove_prefix(kPrefix.size());
    const std::size_t slash = path.find('/');
    constexpr std::size_t kText = 22;
    if (slash != kText) return std::nullopt;
    const auto bytes = base::from_base64(path.substr(0, slash));
    std::array<std::uint8_t, 16> id{};
    if (!bytes.ok() || bytes->size() != id.size()) return std::nullopt;
    std::ranges::copy(*bytes, id.begin());
    return device::DeviceId(base::id128_from_bytes(id));
}

bool Addresses::is_of(std::string_view path, const fleet::DeviceActor& device,
                      const ports::DeploymentRow& row) const {
    return base::equal_constant_time(base::as_bytes(path), base::as_bytes(path_of(device, row)));
}

} // namespace oakum::lwm2m
