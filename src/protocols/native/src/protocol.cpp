// SPDX-License-Identifier: Apache-2.0
#include <native/offer.hpp>
#include <native/protocol.hpp>

#include <exchange/files.hpp>
#include <exchange/identity.hpp>
#include <exchange/small_file.hpp>

#include <problem/problem.hpp>
#include <shard/ids.hpp>
#include <trust/attack.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace oakum::native {
namespace {

using ports::HttpRequest;
using ports::HttpResponse;
using ports::Method;
using Respond = std::function<void(HttpResponse)>;

enum class Act { enroll, renew, poll, inventory, report, director, metadata, log, artifact };
struct Route {
    Method method;
    std::string_view path; // ends in '/': a name follows
    Act act;
    std::size_t limit;
};
constexpr std::array<Route, 9> kRoutes{{
    {Method::post, "/device/v1/poll", Act::poll, wire::kMaxPoll},
    {Method::post, "/device/v1/report", Act::report, wire::kMaxReport},
    {Method::post, "/device/v1/director", Act::director, wire::kMaxManifest},
    {Method::put, "/device/v1/inventory", Act::inventory, wire::kMaxInventory},
    {Method::post, "/device/v1/enroll", Act::enroll, wire::kMaxEnroll},
    {Method::post, "/device/v1/renew", Act::renew, wire::kMaxEnroll},
    {Method::get, "/device/v1/tuf/", Act::metadata, 0},
    {Method::get, "/device/v1/log/", Act::log, 0},
    {Method::get, "/device/v1/artifacts/", Act::artifact, 0},
}};

struct Found {
    const Route* route = nullptr;
    std::string name;
    std::string_view allow;
};

Found find_route(Method method, std::string_view path) {
    Found found;
    for (const Route& route : kRoutes) {
        const bool named = route.path.ends_with('/');
        if (named ? !path.starts_with(route.path) || path.size() == route.path.size() : path != route.path)
            continue;
        found.allow = route.method == Method::get ? "GET" : route.method == Method::put ? "PUT" : "POST";
        if (method == route.method || (method == Method::head && route.method == Method::get)) {
            found.route = &route;
            found.name = path.substr(route.path.size());
        }
        return found;
    }
    return found;
}

HttpResponse json_response(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "application/json");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

bool plain_name(std::string_view name) {
    return name.size() <= 128 && name.ends_with(".json") && name.front() != '.' &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

wire::PollReply reply_of(fleet::PollAnswer answer) {
    wire::PollReply reply;
    reply.desired = answer.desired;
    reply.poll_seconds = answer.poll_seconds;
    reply.send_inventory = answer.send_inventory;
    reply.renew = answer.renew;
    if (answer.offer) reply.offer = offer_of(std::move(*answer.offer));
    return reply;
}

HttpResponse poll_response(fleet::PollAnswer answer) {
    if (answer.unchanged) {
        HttpResponse response;
        response.status = 304;
        response.headers.emplace_back("Oakum-Poll-Seconds", std::to_string(answer.poll_seconds));
        return response;
    }
    return json_response(200, wire::encode(reply_of(std::move(answer))));
}

std::uint64_t random_key(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t key = 0;
    for (const std::uint8_t byte : bytes)
        key = key << 8 | byte;
    return key;
}

} // namespace

struct NativeProtocol::State {
    Services services;
    Settings settings;
    exchange::RateLimit devices, addresses;

    State(Services given, Settings chosen)
        : services(given), settings(chosen),
          devices(chosen.device, 1 << 16, random_key(given.random), random_key(given.random)),
          addresses(chosen.address, 1 << 12, random_key(given.random), random_key(given.random)) {}

    // One way out for errors: logged under the id that the device is told; those that ask for patience say
    // how long.
    HttpResponse refused(int status, const base::Error& error,
                         base::LogLevel level = base::LogLevel::info) const {
        const problem::Problem problem{
            status, error, base::to_text(shard::Ids(services.clock, services.random).next()), {}};
        services.log.write(status >= 500 ? base::LogLevel::error : level, "device", log_line(problem));
        HttpResponse response = json_response(status, encode(problem));
        response.headers.front().second = problem::kContentType;
        return response;
    }
    HttpResponse failed(const base::Error& error) const {
        const int status = problem::status_of(error.kind);
        HttpResponse response = refused(status, error);
        if (status == 503) response.headers.emplace_back("Retry-After", std::to_string(patience()));
        return response;
    }
    // 10 to 40 seconds, so that those who were turned away together do not return together.
    std::uint32_t patience() const {
        std::array<std::uint8_t, 1> byte{};
        services.random.fill(byte);
        return 10 + byte[0] % 31U;
    }
    template <class T> shard::Completion<T> answer(Respond respond) const {
        return [this, respond = std::move(respond)](base::Result<T> result) {
            respond(result.ok() ? json_response(200, wire::encode(*result)) : failed(result.error()));
        };
    }

    struct Admission {
        const Route* route = nullptr;
        std::string name;
        fleet::DeviceActor device; // of all but enrolment
    };
    // `counted`: the rate was taken at the head already.
    std::variant<Admission, HttpResponse> admit(const HttpRequest& request, bool counted);
    std::optional<HttpResponse> limited(const Admission& admission, const HttpRequest& request);

    void enroll(const HttpRequest& request, Respond respond);
    void renew(const fleet::DeviceActor& device, const HttpRequest& request, Respond respond);
    void poll(const fleet::DeviceActor& device, const HttpRequest& request, Respond respond);
    void inventory(const fleet::DeviceActor& device, const HttpRequest& request, Respond respond);
    void report(const fleet::DeviceActor& device, const HttpRequest& request, Respond respond);
    void director(const fleet::DeviceActor& device, const HttpRequest& request, Respond respond);
    HttpResponse metadata(const fleet::DeviceActor& device, const std::string& name,
                          const HttpRequest& request);
    HttpResponse log_file(const fleet::DeviceActor& device, const std::string& name,
                          const HttpRequest& request);
    HttpResponse artifact(const fleet::DeviceActor& device, const std::string& name,
                          const HttpRequest& request);
};

std::optional<HttpResponse> NativeProtocol::State::limited(const Admission& admission,
                                                           const HttpRequest& request) {
    const base::Duration now = services.clock.steady();
    std::optional<base::Duration> wait;
    if (admission.route->act == Act::enroll) {
        const std::uint64_t address = base::siphash24(1, 2, base::as_bytes(request.peer.address));
        wait = addresses.take(address, 0, now);
    } else {
        const base::Id128 id = admission.device.device.get();
        wait = devices.take(id.high ^ admission.device.tenant.get(), id.low, now);
    }
    if (!wait) return std::nullopt;
    HttpResponse response = refused(429, base::unavailable("too many requests; come back later"));
    response.headers.emplace_back("Retry-After", std::to_string(wait->count() / 1000 + 1 + patience() % 5));
    return response;
}

std::variant<NativeProtocol::State::Admission, HttpResponse>
NativeProtocol::State::admit(const HttpRequest& request, bool counted) {
    Found found = find_route(request.method, request.path);
    if (!found.route && !found.allow.empty()) {
        HttpResponse response = refused(405, base::invalid("this address knows " + std::string(found.allow)));
        response.headers.emplace_back("Allow", found.allow);
        return response;
    }
    if (!found.route) return refused(404, base::not_found("there is nothing at this address"));
    Admission admission{.route = found.route, .name = std::move(found.name), .device = {}};
    if (found.route->act != Act::enroll) {
        auto device = exchange::device_of(request.peer);
        if (!device.ok()) return failed(device.error());
        admission.device = std::move(*device);
    }
    if (!counted)
        if (auto refused = limited(admission, request)) return std::move(*refused);
    // The poll looks at the identity itself, in the same glance.
    if (found.route->act != Act::enroll && found.route->act != Act::poll)
        if (auto valid = services.enrolment.check(admission.device); !valid.ok())
            return failed(valid.error());
    if (!request.query.empty()) return refused(400, base::invalid("this address takes no parameters"));
    return admission;
}

NativeProtocol::NativeProtocol(Services services, Settings settings)
    : state_(std::make_unique<State>(services, settings)) {}
NativeProtocol::~NativeProtocol() = default;

std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, HttpResponse>
NativeProtocol::on_head(const HttpRequest& head) {
    auto admitted = state_->admit(head, false);
    if (auto* refused = std::get_if<HttpResponse>(&admitted)) return std::move(*refused);
    return ports::BufferBody{.limit = std::get<State::Admission>(admitted).route->limit};
}

void NativeProtocol::handle(HttpRequest request, Respond respond) {
    auto admitted = state_->admit(request, true);
    if (auto* refused = std::get_if<HttpResponse>(&admitted)) return respond(std::move(*refused));
    const State::Admission& admission = std::get<State::Admission>(admitted);
    if (request.body.size() > admission.route->limit)
        return respond(state_->refused(
            413,
            base::too_large("the message has at most " + std::to_string(admission.route->limit) + " bytes")));
    switch (admission.route->act) {
    case Act::enroll:
        return state_->enroll(request, std::move(respond));
    case Act::renew:
        return state_->renew(admission.device, request, std::move(respond));
    case Act::poll:
        return state_->poll(admission.device, request, std::move(respond));
    case Act::inventory:
        return state_->inventory(admission.device, request, std::move(respond));
    case Act::report:
        return state_->report(admission.device, request, std::move(respond));
    case Act::director:
        return state_->director(admission.device, request, std::move(respond));
    case Act::metadata:
        return respond(state_->metadata(admission.device, admission.name, request));
    case Act::log:
        return respond(state_->log_file(admission.device, admission.name, request));
    case Act::artifact:
        return respond(state_->artifact(admission.device, admission.name, request));
    }
}

void NativeProtocol::State::enroll(const HttpRequest& request, Respond respond) {
    auto message = wire::decode_enroll_request(request.body);
    if (!message.ok()) return respond(failed(message.error()));
    services.enrolment.enrol(settings.tenant,
                             {.token = std::move(message->token),
                              .csr_pem = std::move(message->csr_pem),
                              .serial = std::move(message->serial),
                              .model = std::move(message->model),
                              .hw_revision = std::move(message->hw_revision),
                              .protocol = "native",
                              .facts = std::move(message->facts)},
                             [this, respond = std::move(respond)](base::Result<fleet::Enrolled> enrolled) {
                                 if (!enrolled.ok()) return respond(failed(enrolled.error()));
                                 wire::EnrollReply reply;
                                 reply.device = enrolled->device.text();
                                 reply.certificate_pem = std::move(enrolled->certificate_pem);
                                 reply.ca_pem = std::move(enrolled->ca_pem);
                                 reply.trust_root = std::move(enrolled->trust_root);
                                 reply.pending = enrolled->pending;
                                 reply.poll_seconds = enrolled->poll_seconds;
                                 respond(json_response(200, wire::encode(reply)));
                             });
}

void NativeProtocol::State::renew(const fleet::DeviceActor& device, const HttpRequest& request,
                                  Respond respond) {
    auto message = wire::decode_renew_request(request.body);
    if (!message.ok()) return respond(failed(message.error()));
    services.enrolment.renew(
        device, std::move(message->csr_pem),
        [this, respond = std::move(respond)](base::Result<std::string> certificate) {
            if (!certificate.ok()) return respond(failed(certificate.error()));
            respond(json_response(
                200, wire::encode(wire::RenewReply{.certificate_pem = std::move(*certificate)})));
        });
}

void NativeProtocol::State::poll(const fleet::DeviceActor& device, const HttpRequest& request,
                                 Respond respond) {
    auto message = wire::decode_poll_request(request.body);
    if (!message.ok()) return respond(failed(message.error()));
    const auto view = [](const wire::PollRequest& from) {
        return fleet::PollReport{.desired = from.desired,
                                 .running_version = from.running_version,
                                 .inventory = from.inventory,
                                 .boot_id = from.boot_id,
                                 .healthy = from.healthy,
                                 .keeps_windows = from.keeps_windows ? fleet::Keeps::yes : fleet::Keeps::no};
    };
    if (auto at_once = services.polling.poll_at_once(device, view(*message))) {
        if (!at_once->ok()) return respond(failed(at_once->error()));
        return respond(poll_response(std::move(**at_once)));
    }
    // The report looks into the message, so the message lives until the answer: shared with the completion.
    auto kept = std::make_shared<const wire::PollRequest>(std::move(*message));
    services.polling.poll(device, view(*kept),
                          [this, kept, respond = std::move(respond)](base::Result<fleet::PollAnswer> answer) {
                              if (!answer.ok()) return respond(failed(answer.error()));
                              respond(poll_response(std::move(*answer)));
                          });
}

void NativeProtocol::State::inventory(const fleet::DeviceActor& device, const HttpRequest& request,
                                      Respond respond) {
    auto message = wire::decode_inventory(request.body);
    if (!message.ok()) return respond(failed(message.error()));
    fleet::InventoryReport told;
    told.facts = std::move(message->facts);
    told.components = std::move(message->components);
    // An attack is over when the device no longer tells of it; other facts stay until they change.
    for (const std::string_view key : {trust::kAttackFact, trust::kAttackDetailFact})
        if (!told.facts.contains(std::string(key))) told.forget.emplace_back(key);
    services.inventories.take(device, std::move(told), base::sha256(request.body).hex(),
                              [this, respond = std::move(respond)](base::Status taken) {
                                  if (!taken.ok()) return respond(failed(taken.error()));
                                  HttpResponse response;
                                  response.status = 204;
                                  respond(std::move(response));
                              });
}

void NativeProtocol::State::report(const fleet::DeviceActor& device, const HttpRequest& request,
                                   Respond respond) {
    auto message = wire::decode_report(request.body);
    if (!message.ok()) return respond(failed(message.error()));
    services.reports.report(device, std::move(*message), answer<wire::ReportReply>(std::move(respond)));
}

void NativeProtocol::State::director(const fleet::DeviceActor& device, const HttpRequest& request,
                                     Respond respond) {
    auto said = wire::decode_signed_manifest(request.body);
    if (!said.ok()) return respond(failed(said.error()));
    services.directions.direct(device, *request.peer.certificate, std::move(*said),
                               [this, respond = std::move(respond)](base::Result<std::string> direction) {
                                   if (!direction.ok()) return respond(failed(direction.error()));
                                   respond(json_response(200, std::move(*direction)));
                               });
}

HttpResponse NativeProtocol::State::metadata(const fleet::DeviceActor& device, const std::string& name,
                                             const HttpRequest& request) {
    if (!plain_name(name)) return refused(404, base::not_found("there is no such metadata"));
    auto body = services.files.metadata(device.tenant, name);
    // The next root, which does not exist yet, is asked for at each update: of interest to developers only.
    if (!body) return refused(404, base::not_found("there is no such metadata"), base::LogLevel::debug);
    // Only the timestamp has a name without a version.
    return exchange::answer_small_file(request, std::move(*body), "application/json",
                                       name == "timestamp.json" ? "no-cache"
                                                                : "private, max-age=86400, immutable");
}

HttpResponse NativeProtocol::State::log_file(const fleet::DeviceActor& device, const std::string& name,
                                             const HttpRequest& request) {
    auto file = services.files.log_file(device.tenant, name);
    if (!file.ok()) return failed(file.error());
    if (!*file) return refused(404, base::not_found("the log has no such file"), base::LogLevel::debug);
    return exchange::answer_small_file(request, std::move((*file)->bytes), "application/octet-stream",
                                       (*file)->changes ? "no-cache"
                                                        : "private, max-age=31536000, immutable");
}

HttpResponse NativeProtocol::State::artifact(const fleet::DeviceActor& device, const std::string& name,
                                             const HttpRequest& request) {
    auto digest = base::Digest256::parse(name);
    if (!digest.ok() || digest->hex() != name)
        return refused(404, base::not_found("there is no such artifact"));
    auto file = services.files.artifact(device.tenant, *digest);
    if (!file.ok()) return failed(file.error());
    HttpResponse response = exchange::answer_file(
        request, {.path = file->path, .length = file->length, .tag = "\"" + name + "\"", .name = {}});
    if (response.status == 416) {
        HttpResponse wrong = refused(
            416, base::invalid("the artifact has " + std::to_string(file->length) + " bytes").at("Range"));
        wrong.headers.emplace_back("Content-Range", "bytes */" + std::to_string(file->length));
        return wrong;
    }
    response.headers.emplace_back("Cache-Control", "private, max-age=31536000, immutable");
    return response;
}

} // namespace oakum::native
