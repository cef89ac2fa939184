// SPDX-License-Identifier: Apache-2.0
#include <apple_mdm/protocol.hpp>

#include <apple_messages/profile.hpp>

#include <array>

namespace oakum::apple_mdm {

using ports::HttpRequest;
using ports::HttpResponse;
using ports::Method;

namespace {

constexpr std::size_t kMostRequest = 64 << 10, kMostMessage = std::size_t{4} << 20;

std::uint64_t random_key(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t key = 0;
    for (const std::uint8_t byte : bytes)
        key = key << 8U | byte;
    return key;
}

HttpResponse answer(int status, std::string type = {}, std::string body = {}) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Cache-Control", "no-store");
    if (!type.empty()) response.headers.emplace_back("Content-Type", std::move(type));
    response.body = std::move(body);
    return response;
}
HttpResponse told(int status, std::string_view sentence) {
    return answer(status, "text/plain; charset=utf-8", std::string(sentence) + "\n");
}

struct Route {
    bool scep = false;
    std::size_t limit = 0;
    std::string_view allow; // empty: no such address
    bool allowed = false;
};
Route route_of(const HttpRequest& request) {
    if (request.path == apple_messages::kScepPath)
        return {true, kMostRequest, "GET, POST",
                request.method == Method::get || request.method == Method::post};
    if (request.path == apple_messages::kServerPath)
        return {false, kMostMessage, "PUT", request.method == Method::put};
    return {};
}

// Never 401: a phone would take it for the end of its management.
int status_of(base::ErrorKind kind) {
    switch (kind) {
    case base::ErrorKind::denied:
    case base::ErrorKind::not_found:
        return 403;
    case base::ErrorKind::conflict:
        return 409;
    case base::ErrorKind::too_large:
        return 413;
    case base::ErrorKind::unavailable:
        return 503;
    case base::ErrorKind::corrupt:
    case base::ErrorKind::bug:
        return 500;
    case base::ErrorKind::invalid:
    case base::ErrorKind::unauthenticated:
        break;
    }
    return 400;
}

} // namespace

AppleProtocol::AppleProtocol(Services services, Settings settings)
    : services_(services), settings_(settings),
      addresses_(settings.address, 1 << 12, random_key(services.random), random_key(services.random)) {}

HttpResponse AppleProtocol::failed(const base::Error& error) const {
    const int status = status_of(error.kind);
    services_.log.write(status >= 500 ? base::LogLevel::error : base::LogLevel::warning, "apple",
                        std::to_string(status) + ": " + error.text());
    HttpResponse response = told(status, error.message);
    if (status == 503) {
        std::array<std::uint8_t, 1> byte{};
        services_.random.fill(byte);
        response.headers.emplace_back("Retry-After", std::to_string(10 + byte[0] % 31U));
    }
    return response;
}

std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, HttpResponse>
AppleProtocol::on_head(const HttpRequest& head) {
    if (addresses_.take(base::siphash24(1, 2, base::as_bytes(head.peer.address)), 0,
                        services_.core.clock.steady())) {
        HttpResponse response = told(429, "too many requests; come back later");
        response.headers.emplace_back("Retry-After", "20");
        return response;
    }
    const Route route = route_of(head);
    if (route.allow.empty()) return told(404, "there is nothing at this address");
    if (!route.allowed) {
        HttpResponse response = told(405, "this address knows " + std::string(route.allow));
        response.headers.emplace_back("Allow", std::string(route.allow));
        return response;
    }
    return ports::BufferBody{.limit = route.limit};
}

void AppleProtocol::handle(HttpRequest request, Respond respond) {
    const Route route = route_of(request);
    if (!route.allowed) return respond(told(404, "there is nothing at this address"));
    if (request.body.size() > route.limit) return respond(told(413, "the message is too large"));
    if (route.scep) return certificates(request, std::move(respond));
    message(request, std::move(respond));
}

// RFC 8894 3.5 and 4.
void AppleProtocol::certificates(const HttpRequest& request, Respond respond) {
    const std::string_view operation = request.parameter("operation").value_or("");
    ports::PhoneAuthority& authority = services_.phones.authority();
    if (operation == "GetCACaps") {
        std::string can = "AES\nPOSTPKIOperation\nSCEPStandard\nSHA-256\nSHA-512\n";
        if (authority.bears_weak()) can += "SHA-1\nDES3\n";
        return respond(answer(200, "text/plain", can));
    }
    if (operation == "GetCACert") {
        const base::Bytes der = authority.certificate();
        return respond(answer(200, "application/x-x509-ca-cert", std::string(base::as_text(der))));
    }
    if (operation != "PKIOperation") return respond(told(400, "this operation is not known"));
    std::string asked;
    if (request.method == Method::post) {
        asked = request.body; // what stands in the address too is a copy
    } else {
        const auto packed = base::from_base64(request.parameter("message").value_or(""));
        if (!packed.ok()) return respond(told(400, "the message is no base64"));
        asked = std::string(base::as_text(*packed));
    }
    services_.phones.certify(
        settings_.tenant, std::move(asked), [this, respond](base::Result<base::Bytes> done) {
            if (!done.ok()) return respond(failed(done.error()));
            respond(answer(200, "application/x-pki-message", std::string(base::as_text(*done))));
        });
}

void AppleProtocol::message(const HttpRequest& request, Respond respond) {
    auto signer = services_.phones.signer(request.body, request.header("mdm-signature"));
    if (!signer.ok()) return respond(failed(signer.error()));
    const auto told_next = [this, respond](base::Result<std::string> done) {
        if (!done.ok()) return respond(failed(done.error()));
        respond(done->empty() ? answer(200) : answer(200, "application/xml", *std::move(done)));
    };
    // What is no check-in is a report; clients are known that name no type.
    if (request.header("content-type").starts_with("application/x-apple-aspen-mdm-checkin")) {
        auto read = apple_messages::read_check_in(request.body);
        if (!read.ok()) return respond(failed(read.error()));
        if (read->kind != apple_messages::CheckInKind::declarative_management)
            return services_.phones.check_in(settings_.tenant, *std::move(signer), *std::move(read),
                                             told_next);
        return services_.phones.check_in(
            settings_.tenant, *std::move(signer), *std::move(read),
            [this, respond](base::Result<std::string> done) {
                // What was taken back meanwhile: the phone drops it.
                if (!done.ok() && done.error().kind == base::ErrorKind::not_found &&
                    done.error().where == "/Endpoint")
                    return respond(told(404, done.error().message));
                if (!done.ok()) return respond(failed(done.error()));
                respond(done->empty() ? answer(200) : answer(200, "application/json", *std::move(done)));
            });
    }
    auto read = apple_messages::read_report(request.body);
    if (!read.ok()) return respond(failed(read.error()));
    services_.phones.report(settings_.tenant, *std::move(signer), *std::move(read), told_next);
}

} // namespace oakum::apple_mdm
