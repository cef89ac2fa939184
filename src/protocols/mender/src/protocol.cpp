// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <exchange/attributes.hpp>
#include <problem/problem.hpp>

#include <algorithm>
#include <array>

namespace oakum::mender {
namespace {

using ports::Method;
constexpr std::size_t kMaxAuthentication = 32 << 10, kMaxMessage = 256 << 10, kMaxLogs = 1 << 20;

std::uint64_t random_key(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t key = 0;
    for (const std::uint8_t byte : bytes)
        key = key << 8U | byte;
    return key;
}

base::Bytes key_of(const Settings& settings, ports::Random& random) {
    if (!settings.pass_key.empty()) return settings.pass_key;
    base::Bytes key(32);
    random.fill(key);
    return key;
}

std::string_view pass_of(const HttpRequest& request) {
    std::string_view header = request.header("authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (header.size() < scheme.size() ||
        !device::equal_ignoring_case(header.substr(0, scheme.size()), scheme))
        return {};
    return header.substr(scheme.size());
}

} // namespace

HttpResponse answer(int status, std::string json) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Cache-Control", "no-store");
    if (!json.empty()) response.headers.emplace_back("Content-Type", "application/json");
    response.body = std::move(json);
    return response;
}

Route read_route(Method method, std::string_view path) {
    Route route;
    const auto is = [&](Act act, std::initializer_list<Method> methods, std::string_view words,
                        std::size_t limit) {
        route.allow = words;
        if (std::find(methods.begin(), methods.end(), method) == methods.end()) return;
        route.act = act;
        route.limit = limit;
    };
    constexpr std::string_view v1 = "/api/devices/v1/deployments/device/deployments/",
                               v2 = "/api/devices/v2/deployments/device/deployments/",
                               files = "/api/devices/v1/deployments/download/";
    if (path == "/api/devices/v1/authentication/auth_requests") {
        is(Act::authenticate, {Method::post}, "POST", kMaxAuthentication);
    } else if (path == "/api/devices/v1/inventory/device/attributes") {
        is(Act::inventory, {Method::put, Method::patch}, "PUT, PATCH", kMaxMessage);
    } else if (path == std::string(v1) + "next") {
        is(Act::next_v1, {Method::get, Method::post}, "GET, POST", kMaxMessage);
    } else if (path == std::string(v2) + "next") {
        is(Act::next_v2, {Method::post}, "POST", kMaxMessage);
    } else if (path.starts_with(files)) {
        route.name = path.substr(files.size());
        is(Act::download, {Method::get, Method::head}, "GET, HEAD", 0);
    } else if (path.starts_with(v1) || path.starts_with(v2)) {
        const std::string_view rest = path.substr(v1.size());
        const std::size_t slash = rest.find('/');
        if (slash == std::string_view::npos || slash == 0) return route;
        route.name = rest.substr(0, slash);
        const std::string_view what = rest.substr(slash + 1);
        if (what == "status" && path.starts_with(v1))
            is(Act::status, {Method::put}, "PUT", kMaxMessage);
        else if (what == "log" && path.starts_with(v1))
            is(Act::log, {Method::put}, "PUT", kMaxLogs);
        else if (what == "update_control_map" && path.starts_with(v2))
            is(Act::control_map, {Method::get}, "GET", 0);
    }
    return route;
}

MenderProtocol::State::State(Services given, Settings chosen)
    : services(given), settings(std::move(chosen)), passes(key_of(settings, given.random)),
      devices(settings.device, 1 << 16, random_key(given.random), random_key(given.random)),
      addresses(settings.address, 1 << 12, random_key(given.random), random_key(given.random)),
      names(random_key(given.random), random_key(given.random)),
      provided(random_key(given.random), random_key(given.random)) {}

void MenderProtocol::State::bound_names(std::map<std::string, std::string>& facts,
                                        const std::vector<device::Fact>& held, Names::Bringer bringer) {
    const std::size_t left_out = names.bound(facts, held, bringer, services.core.clock.steady());
    if (left_out > 0)
        services.log.write(base::LogLevel::info, "mender",
                           std::to_string(left_out) +
                               " facts were not taken: too many names that no device had");
}

HttpResponse MenderProtocol::State::refused(int status, const base::Error& error) const {
    services.log.write(status >= 500 ? base::LogLevel::error : base::LogLevel::info, "mender",
                       std::to_string(status) + ": " + error.text());
    HttpResponse response = answer(status, mender_api::encode_error(error.message));
    if (status == 429 || status == 503) {
        std::array<std::uint8_t, 1> byte{};
        services.random.fill(byte);
        response.headers.emplace_back("Retry-After", std::to_string(10 + byte[0] % 31U));
    }
    return response;
}

HttpResponse MenderProtocol::State::failed(const base::Error& error) const {
    int status = problem::status_of(error.kind);
    // Whom it does not know or no longer lets in: the client authenticates again and waits.
    if (status == 403 || status == 404 || status == 409) status = 401;
    if (status == 422) status = 400;
    return refused(status, error);
}

std::variant<MenderProtocol::State::Admission, HttpResponse>
MenderProtocol::State::admit(const HttpRequest& request, bool counted) {
    Admission admission{.route = read_route(request.method, request.path), .device = {}};
    const Route& route = admission.route;
    const base::TimePoint now = services.core.clock.now();
    std::optional<fleet::DeviceActor> device;
    if (route.act != Act::authenticate && route.act != Act::download && route.act != Act::unknown)
        device = passes.read_token(pass_of(request), now);
    if (!counted) {
        const base::Duration steady = services.core.clock.steady();
        const auto wait =
            device ? devices.take(device->device.get().high ^ device->tenant.get(), device->device.get().low,
                                  steady)
                   : addresses.take(base::siphash24(1, 2, base::as_bytes(request.peer.address)), 0, steady);
        if (wait) return refused(429, base::unavailable("too many requests; come back later"));
    }
    if (route.act == Act::unknown && route.allow.empty())
        return answer(404, mender_api::encode_error("there is nothing at this address"));
    if (route.act == Act::unknown) {
        HttpResponse response = answer(405, mender_api::encode_error("this address knows " + route.allow));
        response.headers.emplace_back("Allow", route.allow);
        return response;
    }
    if (route.act == Act::authenticate || route.act == Act::download) return admission;
    if (!device) return refused(401, base::unauthenticated("the token is missing, unknown or has ended"));
    if (auto valid = services.enrolment.check(*device); !valid.ok()) return refused(401, valid.error());
    admission.device = std::move(*device);
    return admission;
}

MenderProtocol::MenderProtocol(Services services, Settings settings)
    : state_(std::make_unique<State>(services, std::move(settings))) {}
MenderProtocol::~MenderProtocol() = default;

std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, HttpResponse>
MenderProtocol::on_head(const HttpRequest& head) {
    auto admitted = state_->admit(head, false);
    if (auto* refused = std::get_if<HttpResponse>(&admitted)) return std::move(*refused);
    return ports::BufferBody{.limit = std::get<State::Admission>(admitted).route.limit};
}

void MenderProtocol::handle(HttpRequest request, Respond respond) {
    auto admitted = state_->admit(request, true);
    if (auto* refused = std::get_if<HttpResponse>(&admitted)) return respond(std::move(*refused));
    State::Admission& admission = std::get<State::Admission>(admitted);
    if (request.body.size() > admission.route.limit)
        return respond(answer(413, mender_api::encode_error("the message is too large")));
    State::Exchange exchange{std::move(admission.route), std::move(request), std::move(admission.device),
                             std::move(respond)};
    switch (exchange.route.act) {
    case Act::authenticate:
        return state_->authenticate(std::move(exchange));
    case Act::inventory:
        return state_->inventory(std::move(exchange));
    case Act::next_v1:
    case Act::next_v2:
        return state_->next(std::move(exchange));
    case Act::status:
        return state_->status(std::move(exchange));
    case Act::log:
        return state_->log(std::move(exchange));
    case Act::download:
        return exchange.respond(state_->download(exchange));
    case Act::control_map:
        return state_->control_map(std::move(exchange));
    case Act::unknown:
        return exchange.respond(answer(404, mender_api::encode_error("there is nothing at this address")));
    }
}

void MenderProtocol::State::inventory(Exchange exchange) {
    const auto said = mender_api::decode_inventory(exchange.request.body);
    if (!said.ok()) return exchange.respond(refused(400, said.error()));
    fleet::InventoryReport told;
    told.tells_components = false;
    told.facts = exchange::facts_of(*said);
    const fleet::DeviceActor device = exchange.device;
    const std::vector<device::Fact> held = services.core.fleet.facts(device.key());
    bound_names(told.facts, held, {device.device.get().high, device.device.get().low});
    if (exchange.request.method == Method::put) told.forget = exchange::no_longer_said(held, told.facts);
    services.inventories.take(device, std::move(told), "", [this, exchange](base::Status taken) {
        if (!taken.ok()) return exchange.respond(failed(taken.error()));
        services.updates.prove(services.polling, exchange.device, [this, exchange](base::Status done) {
            exchange.respond(done.ok() ? answer(200) : failed(done.error()));
        });
    });
}

} // namespace oakum::mender
