// SPDX-License-Identifier: Apache-2.0
// Who asks: by a token that the device was admitted with, or by a certificate of ours.
#include "state.hpp"

#include <exchange/attributes.hpp>
#include <exchange/identity.hpp>
#include <problem/problem.hpp>

#include <algorithm>

#include <array>

namespace oakum::hawkbit {
namespace {

constexpr std::size_t kLongestController = 128, kLongestToken = 256;
constexpr std::string_view kKind = "hawkbit token";

std::uint64_t random_key(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t key = 0;
    for (const std::uint8_t byte : bytes)
        key = key << 8U | byte;
    return key;
}

// "TargetToken X" or "GatewayToken X": which of the two is the device's matter, not ours.
std::string_view token_of(std::string_view authorization) {
    const std::size_t space = authorization.find(' ');
    if (space == std::string_view::npos) return {};
    const std::string_view scheme = authorization.substr(0, space);
    if (!device::equal_ignoring_case(scheme, "TargetToken") &&
        !device::equal_ignoring_case(scheme, "GatewayToken"))
        return {};
    std::string_view token = authorization.substr(space + 1);
    while (token.starts_with(' '))
        token.remove_prefix(1);
    return token.size() <= kLongestToken ? token : std::string_view();
}

bool is_controller(std::string_view id) {
    return !id.empty() && id.size() <= kLongestController && base::is_utf8(id) &&
           std::ranges::none_of(id, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

} // namespace

HawkbitProtocol::State::State(Services given, Settings chosen)
    : services(given), settings(std::move(chosen)),
      devices(settings.device, 1 << 16, random_key(given.random), random_key(given.random)),
      files(settings.files, 1 << 16, random_key(given.random), random_key(given.random)),
      addresses(settings.address, 1 << 12, random_key(given.random), random_key(given.random)) {}

HttpResponse HawkbitProtocol::State::refused(int status, const base::Error& error, const Route& route) const {
    services.log.write(status >= 500 ? base::LogLevel::error : base::LogLevel::info, "hawkbit",
                       std::to_string(status) + " for \"" + route.controller.substr(0, kLongestController) +
                           "\": " + error.text());
    HttpResponse response = failure(status, error.message);
    if (status == 429 || status == 503) {
        std::array<std::uint8_t, 1> byte{};
        services.random.fill(byte);
        response.headers.emplace_back("Retry-After", std::to_string(10 + byte[0] % 31U));
    }
    return response;
}

// For what happened behind a request that was let in.
HttpResponse HawkbitProtocol::State::failed(const base::Error& error, const Route& route) const {
    int status = problem::status_of(error.kind);
    if (status == 403 || status == 409) status = 401; // clients know no other refusal
    if (status == 422) status = 400;
    return refused(status, error, route);
}

std::optional<HttpResponse> HawkbitProtocol::State::limited(const HttpRequest& request, const Route& route,
                                                            const fleet::DeviceActor* device) {
    const base::Duration now = services.core.clock.steady();
    std::optional<base::Duration> wait;
    if (device != nullptr) {
        const base::Id128 id = device->device.get();
        auto& limit = route.act == Act::file ? files : devices;
        wait = limit.take(id.high ^ device->tenant.get(), id.low, now);
    } else {
        wait = addresses.take(base::siphash24(1, 2, base::as_bytes(request.peer.address)), 0, now);
    }
    if (!wait) return std::nullopt;
    return refused(429, base::unavailable("too many requests; come back later"), route);
}

std::variant<fleet::DeviceActor, Newcomer, HttpResponse>
HawkbitProtocol::State::identify(const HttpRequest& request, const Route& route) {
    const std::string_view token = token_of(request.header("authorization"));
    if (token.empty()) {
        auto device = exchange::device_of(request.peer);
        if (!device.ok())
            return refused(
                401, base::unauthenticated("a target token, a gateway token or a certificate is needed"),
                route);
        const auto serial = services.core.fleet.fact(device->key(), device::key::serial);
        if (!serial || serial->value != route.controller)
            return refused(401, base::unauthenticated("the certificate is another device's"), route);
        if (auto valid = services.enrolment.check(*device); !valid.ok())
            return refused(401, valid.error(), route);
        return std::move(*device);
    }
    auto device =
        services.guests.find(settings.tenant, route.controller, fleet::Guests::mark_of(kKind, token));
    if (device.ok()) return std::move(*device);
    if (services.guests.may_enter(settings.tenant, token)) return Newcomer{std::string(token)};
    return refused(401, device.error(), route);
}

std::variant<Admission, HttpResponse> HawkbitProtocol::State::admit(const HttpRequest& request,
                                                                    bool counted) {
    Admission admission{.route = read_route(request.path), .media = Media::json, .who = Newcomer{}};
    const Route& route = admission.route;
    const auto nobody = [&](HttpResponse response) -> std::variant<Admission, HttpResponse> {
        if (!counted)
            if (auto much = limited(request, route, nullptr)) return std::move(*much);
        return response;
    };
    if (route.act == Act::unknown || !device::equal_ignoring_case(route.tenant, "default"))
        return nobody(failure(404, "there is nothing at this address"));
    if (!is_controller(route.controller))
        return nobody(failure(400, "a controller's id has 1 to 128 bytes and no control characters"));
    if (!is_asked_with(route, request.method)) {
        HttpResponse response = failure(405, "this address knows " + std::string(allowed(route)));
        response.headers.emplace_back("Allow", allowed(route));
        return nobody(std::move(response));
    }
    auto who = identify(request, route);
    if (auto* response = std::get_if<HttpResponse>(&who)) return nobody(std::move(*response));
    const auto* device = std::get_if<fleet::DeviceActor>(&who);
    if (!counted)
        if (auto much = limited(request, route, device)) return std::move(*much);
    if (route.act != Act::file) {
        const auto media = wanted_media(request.header("accept"));
        if (!media && route.method == ports::Method::get)
            return failure(406, "answers are application/json, application/hal+json or application/cbor");
        admission.media = media.value_or(Media::json);
    }
    if (device != nullptr)
        admission.who = *device;
    else
        admission.who = std::get<Newcomer>(std::move(who));
    return admission;
}

void HawkbitProtocol::State::enter(const HttpRequest& request, const Route& route, const std::string& token,
                                   std::function<void(base::Result<fleet::DeviceActor>)> done) {
    fleet::GuestRequest asked;
    asked.token = token;
    asked.mark = fleet::Guests::mark_of(kKind, token);
    asked.serial = route.controller;
    asked.protocol = "hawkbit";
    for (auto& [key, value] : exchange::facts_of({{"client", std::string(request.header("user-agent"))}}))
        asked.facts.emplace(key, value);
    services.guests.admit(settings.tenant, std::move(asked), std::move(done));
}

} // namespace oakum::hawkbit
