// SPDX-License-Identifier: Apache-2.0
#include "passes.hpp"

#include <base/digest.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <charconv>

namespace oakum::mender {
namespace {

constexpr base::Duration kToken = std::chrono::hours(24 * 7);
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// The first part before `separator`; what follows stays.
std::string_view take(std::string_view& text, char separator) {
    const std::size_t at = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

} // namespace

std::string Passes::seal(std::string_view what) const {
    return base::to_base64url(base::hmac_sha256(key_, base::as_bytes(what)).bytes);
}
bool Passes::is_sealed(std::string_view what, std::string_view seal) const {
    return base::equal_constant_time(base::as_bytes(this->seal(what)), base::as_bytes(seal));
}

std::string Passes::token(const fleet::DeviceActor& device, base::TimePoint now) const {
    std::string payload;
    json::Writer(payload)
        .begin_object()
        .member("sub", device.device.text())
        .member("key", device.certificate_serial)
        .member("tenant", device.tenant.get())
        .member("exp", base::unix_seconds(now + kToken))
        .member("mender.device", true)
        .end_object();
    std::string token =
        base::to_base64url(base::as_bytes(kHeader)) + "." + base::to_base64url(base::as_bytes(payload));
    return token + "." + seal("token " + token);
}

std::optional<fleet::DeviceActor> Passes::read_token(std::string_view token, base::TimePoint now) const {
    constexpr std::size_t kLongest = 2048;
    const std::size_t dot = token.rfind('.');
    if (token.size() > kLongest || dot == std::string_view::npos) return std::nullopt;
    std::string_view signed_part = token.substr(0, dot);
    if (!is_sealed("token " + std::string(signed_part), token.substr(dot + 1))) return std::nullopt;
    (void)take(signed_part, '.');
    const auto payload = base::from_base64(signed_part);
    if (!payload.ok()) return std::nullopt;
    const auto claims = json::parse(base::as_text(*payload));
    if (!claims.ok() || claims->int_at("exp").value_or(0) <= base::unix_seconds(now)) return std::nullopt;
    const auto id = device::DeviceId::parse(claims->string_at("sub").value_or(""));
    if (!id.ok()) return std::nullopt;
    return fleet::DeviceActor{
        device::TenantId(static_cast<std::uint32_t>(claims->uint_at("tenant", 0xffffffffU).value_or(0))), *id,
        claims->string_at("key").value_or("")};
}

std::string Passes::download(const Download& what, base::TimePoint now) const {
    const std::string named = std::to_string(what.device.tenant.get()) + "/" + what.device.device.text() +
                              "/" + what.device.certificate_serial + "/" + what.deployment.text() + "/" +
                              std::to_string(base::unix_seconds(now + kDownload));
    return named + "/" + seal("download " + named);
}

std::optional<Passes::Download> Passes::read_download(std::string_view segments, base::TimePoint now) const {
    const std::size_t last = segments.rfind('/');
    if (last == std::string_view::npos || segments.size() > 512) return std::nullopt;
    std::string_view named = segments.substr(0, last);
    if (!is_sealed("download " + std::string(named), segments.substr(last + 1))) return std::nullopt;
    const auto tenant = number(take(named, '/'));
    const auto id = device::DeviceId::parse(take(named, '/'));
    const std::string mark(take(named, '/'));
    const auto deployment = ports::DeploymentId::parse(take(named, '/'));
    const auto until = number(named);
    if (!tenant || !id.ok() || !deployment.ok() || !until || *until <= base::unix_seconds(now))
        return std::nullopt;
    return Download{{device::TenantId(static_cast<std::uint32_t>(*tenant)), *id, mark}, *deployment};
}

} // namespace oakum::mender
