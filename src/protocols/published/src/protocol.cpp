// SPDX-License-Identifier: Apache-2.0
#include <published/protocol.hpp>

#include <exchange/small_file.hpp>
#include <problem/problem.hpp>
#include <shard/ids.hpp>

#include <array>

namespace oakum::published {

using ports::HttpRequest;
using ports::HttpResponse;
using ports::Method;

namespace {

constexpr std::string_view kPlace = "/log/";
constexpr std::size_t kLongestToken = 256;

std::uint64_t random_key(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t key = 0;
    for (const std::uint8_t byte : bytes)
        key = key << 8 | byte;
    return key;
}

} // namespace

struct Protocol::State {
    Services services;
    Settings settings;
    exchange::RateLimit addresses;

    State(Services given, Settings chosen)
        : services(std::move(given)), settings(chosen),
          addresses(chosen.address, 1 << 12, random_key(services.random), random_key(services.random)) {}

    HttpResponse refused(int status, const base::Error& error) const {
        const problem::Problem problem{
            status, error, base::to_text(shard::Ids(services.clock, services.random).next()), {}};
        services.log.write(status >= 500 ? base::LogLevel::error : base::LogLevel::info, "log",
                           log_line(problem));
        HttpResponse response;
        response.status = status;
        response.headers.emplace_back("Content-Type", problem::kContentType);
        response.headers.emplace_back("Cache-Control", "no-store");
        response.body = encode(problem);
        return response;
    }
    HttpResponse failed(const base::Error& error) const {
        return refused(problem::status_of(error.kind), error);
    }
    std::optional<HttpResponse> objection(const HttpRequest& request);
    base::Status may_read(const HttpRequest& request) const;
    HttpResponse answer(const HttpRequest& request) const;
};

base::Status Protocol::State::may_read(const HttpRequest& request) const {
    constexpr std::string_view kBearer = "Bearer ";
    if (!services.may_read) return {};
    const std::string_view authorization = request.header("authorization");
    if (!authorization.starts_with(kBearer) || authorization.size() > kLongestToken)
        return base::unauthenticated("send a token: Authorization: Bearer and a token of this server");
    return services.may_read(authorization.substr(kBearer.size()));
}

std::optional<HttpResponse> Protocol::State::objection(const HttpRequest& request) {
    const std::uint64_t address = base::siphash24(1, 2, base::as_bytes(request.peer.address));
    if (const auto wait = addresses.take(address, 0, services.clock.steady())) {
        HttpResponse response = refused(429, base::unavailable("too many requests; come back later"));
        response.headers.emplace_back("Retry-After", std::to_string(wait->count() / 1000 + 1));
        return response;
    }
    if (request.method != Method::get && request.method != Method::head) {
        HttpResponse response = refused(405, base::invalid("this address knows GET"));
        response.headers.emplace_back("Allow", "GET");
        return response;
    }
    if (!request.query.empty()) return refused(400, base::invalid("this address takes no parameters"));
    if (const base::Status may = may_read(request); !may.ok()) return failed(may.error());
    return std::nullopt;
}

HttpResponse Protocol::State::answer(const HttpRequest& request) const {
    auto file =
        services.published.file(settings.tenant, std::string_view(request.path).substr(kPlace.size()));
    if (!file.ok()) return failed(file.error());
    if (!*file) return refused(404, base::not_found("the log has no such file"));
    const bool is_text = (*file)->changes;
    // A shared cache may keep what everybody may read.
    std::string cache = "no-cache";
    if (!(*file)->changes)
        cache = std::string(services.may_read ? "private" : "public") + ", max-age=31536000, immutable";
    return exchange::answer_small_file(request, std::move((*file)->bytes),
                                       is_text ? "text/plain; charset=utf-8" : "application/octet-stream",
                                       cache);
}

Protocol::Protocol(Services services, Settings settings)
    : state_(std::make_unique<State>(std::move(services), settings)) {}
Protocol::~Protocol() = default;

std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, HttpResponse>
Protocol::on_head(const HttpRequest& head) {
    if (auto refused = state_->objection(head)) return std::move(*refused);
    return ports::BufferBody{.limit = 0};
}

void Protocol::handle(HttpRequest request, std::function<void(HttpResponse)> respond) {
    respond(state_->answer(request));
}

} // namespace oakum::published
