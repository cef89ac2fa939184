// SPDX-License-Identifier: Apache-2.0
#include <api/api.hpp>

#include "call.hpp"
#include "csv_answer.hpp"
#include "routes.hpp"
#include "static_files.hpp"
#include "views.hpp"

#include <governance/secrets.hpp>

#include <algorithm>

namespace oakum::api {
namespace {

bool is_unsafe(ports::Method method) {
    return method != ports::Method::get && method != ports::Method::head;
}

// A browser that is not on one of our own pages. Other clients send neither header.
bool from_another_site(const ports::HttpRequest& request) {
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return true;
    const std::string_view origin = request.header("origin");
    return !origin.empty() && origin != "https://" + std::string(request.header("host"));
}

base::Result<governance::Principal> authenticate(Context& context, const ports::HttpRequest& request) {
    const device::TenantId tenant = context.settings.tenant;
    if (const std::string_view authorization = request.header("authorization"); !authorization.empty()) {
        constexpr std::string_view bearer = "Bearer ";
        if (!authorization.starts_with(bearer) || authorization.size() > 256)
            return base::unauthenticated("the Authorization header is `Bearer` and a token");
        return context.services.sessions.of_bearer(tenant, authorization.substr(bearer.size()));
    }
    const std::string_view secret = session_cookie(request);
    if (secret.empty() || secret.size() > 256) return base::unauthenticated("sign in, or send a token");
    TRY_VALUE(governance::Principal principal, context.services.sessions.of_cookie(tenant, secret));
    // A session speaks for our own pages only, also where it only reads.
    if (from_another_site(request)) return base::denied("this is for our own pages only").at("Origin");
    if (is_unsafe(request.method)) {
        const std::string_view csrf = request.header("x-csrf-token");
        if (!base::equal_constant_time(base::as_bytes(csrf), base::as_bytes(principal.csrf)))
            return base::denied("a change needs the session's CSRF token").at("X-CSRF-Token");
    }
    return principal;
}

base::Status check_parameters(const Route& route, const ports::HttpRequest& request) {
    std::vector<std::string_view> seen;
    for (const auto& [name, value] : request.query) {
        if (name.empty() || name.find(' ') != std::string::npos || !takes(route, name))
            return base::invalid(name == "as_of" ? "this is told of now alone: its past is not kept"
                                                 : "there is no such parameter here")
                .at(name.substr(0, 64));
        if (std::ranges::find(seen, name) != seen.end()) return base::invalid("it is there twice").at(name);
        seen.push_back(name);
    }
    return {};
}

bool content_type_fits(Body body, std::string_view type) {
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' '))
        type.remove_suffix(1);
    switch (body) {
    case Body::none:
        return true;
    case Body::json:
    case Body::optional_json:
        return type == "application/json";
    case Body::sbom:
        return type == "application/json" || type == "application/vnd.cyclonedx+json" ||
               type == "application/spdx+json" || type == "application/vnd.cyclonedx+xml" ||
               type == "application/xml";
    case Body::file:
        return type == "text/csv" || type == "text/plain" || type == "application/xml";
    case Body::stream:
        return type == "application/octet-stream";
    }
    return false;
}

std::string_view wanted_type(Body body) {
    switch (body) {
    case Body::file:
        return "text/csv, text/plain or application/xml";
    case Body::stream:
        return "application/octet-stream";
    default:
        return "application/json";
    }
}

bool has_body(const ports::HttpRequest& head) {
    const std::string_view length = head.header("content-length");
    return !head.header("transfer-encoding").empty() || (!length.empty() && length != "0");
}

// A file that the dashboard does not have, a path of the API that does not exist.
base::Error nothing_here() {
    return base::not_found("there is nothing at this address");
}

} // namespace

struct Api::State {
    Context context;

    // Who asks, and whether they may, before anything of the body is looked at.
    struct Admission {
        const Route* route = nullptr;
        std::vector<std::string> path;
        governance::Principal principal;
    };
    std::variant<Admission, ports::HttpResponse> admit(const ports::HttpRequest& request,
                                                       const std::string& id);
    void run(Admission admission, ports::HttpRequest request, Reply reply);
};

std::variant<Api::State::Admission, ports::HttpResponse> Api::State::admit(const ports::HttpRequest& request,
                                                                           const std::string& id) {
    Found found = find_route(request.method, request.path);
    if (!found.route && !found.allow.empty()) {
        ports::HttpResponse response =
            problem_with(context.services.log, 405, base::invalid("this address knows " + found.allow), id);
        response.headers.emplace_back("Allow", found.allow);
        return response;
    }
    if (!found.route) {
        const bool page = request.method == ports::Method::get || request.method == ports::Method::head;
        if (page && context.files && !request.path.starts_with("/api/") &&
            !request.path.starts_with("/device/"))
            if (auto file = context.files->get(request)) return std::move(*file);
        return problem_of(context.services.log, nothing_here(), id);
    }
    Admission admission{.route = found.route, .path = std::move(found.path), .principal = {}};
    const Route& route = *admission.route;
    const bool local_metrics = route.path == "/metrics" && from_this_machine(request) &&
                               request.header("authorization").empty() && session_cookie(request).empty();
    if (route.action && !local_metrics) {
        auto principal = authenticate(context, request);
        if (!principal.ok()) return problem_of(context.services.log, principal.error(), id);
        if (auto allowed = access::may(principal->actor, *route.action).status(); !allowed.ok())
            return problem_of(context.services.log, allowed.error(), id);
        if (principal->second_factor_due && *route.action != access::Action::self_edit)
            return problem_of(context.services.log,
                              base::denied("everybody here signs in with a second factor: set yours up first")
                                  .at("second-factor"),
                              id);
        admission.principal = std::move(*principal);
    } else if (is_unsafe(request.method) && from_another_site(request)) {
        return problem_of(context.services.log, base::denied("this is for our own pages only"), id);
    }
    if (auto parameters = check_parameters(route, request); !parameters.ok())
        return problem_of(context.services.log, parameters.error(), id);
    const std::string_view type = request.header("content-type");
    const bool may_be_missing =
        route.body == Body::none || (route.body == Body::optional_json && type.empty());
    if (!may_be_missing && !content_type_fits(route.body, type))
        return problem_with(
            context.services.log, 415,
            base::invalid("the body is " + std::string(wanted_type(route.body))).at("Content-Type"), id);
    return admission;
}

void Api::State::run(Admission admission, ports::HttpRequest request, Reply reply) {
    const Route& route = *admission.route;
    if (request.body.size() > route.limit)
        return reply.problem(
            base::too_large("the body has at most " + std::to_string(route.limit) + " bytes here"));
    if (route.action && takes(route, "view"))
        if (auto applied = apply_view(context, admission.principal.actor, request); !applied.ok())
            return reply.problem(applied.error());
    if (request.method == ports::Method::get && request.path.starts_with("/api/") && wants_csv(request))
        return answer_csv(context, route,
                          {.request = std::move(request),
                           .principal = std::move(admission.principal),
                           .path = std::move(admission.path),
                           .reply = std::move(reply)});
    const std::string key(request.header("idempotency-key"));
    if (key.empty() || request.method != ports::Method::post || !route.action) {
        return route.handle(context, {.request = std::move(request),
                                      .principal = std::move(admission.principal),
                                      .path = std::move(admission.path),
                                      .reply = std::move(reply)});
    }
    std::string text = std::string(to_string(request.method)) + " " + request.path;
    for (const auto& [name, value] : request.query)
        text.append("\n").append(name).append("=").append(value);
    text.append("\n\n").append(request.body);
    const base::Digest256 digest = base::sha256(text);
    const access::Actor actor = admission.principal.actor;
    auto kept = context.services.idempotency.begin(actor, key, digest);
    if (!kept.ok()) return reply.problem(kept.error());
    if (*kept) {
        if ((*kept)->body.empty() && (*kept)->status != 204)
            return reply.problem(
                base::conflict("this was done already; its answer held a secret, which is told once")
                    .at("Idempotency-Key"));
        return reply.json(static_cast<int>((*kept)->status), std::move((*kept)->body),
                          {{"Idempotency-Replayed", "true"}});
    }
    // The handler's answer passes through here on its way out: what was done is kept, what was not may be
    // tried again.
    const Reply keeping =
        reply.to([this, reply, actor, key, digest, keeps = route.keeps](ports::HttpResponse response) {
            const auto* body = std::get_if<std::string>(&response.body);
            if (response.status >= 300 || !body || body->size() > 256 * 1024) {
                context.services.idempotency.give_up(actor, key);
                return reply.send(std::move(response));
            }
            governance::KeptAnswer answer{.status = static_cast<std::uint32_t>(response.status),
                                          .body = keeps == Keeps::answer ? *body : std::string()};
            context.services.idempotency.finish(actor, key, digest, std::move(answer),
                                                [reply, response] { reply.send(response); });
        });
    route.handle(context, {.request = std::move(request),
                           .principal = std::move(admission.principal),
                           .path = std::move(admission.path),
                           .reply = keeping});
}

Api::Api(Services services, Settings settings)
    : state_(std::make_shared<State>(
          Context{.services = services, .settings = std::move(settings), .files = {}})) {
    Context& context = state_->context;
    if (context.settings.web.empty()) return;
    auto files = StaticFiles::read(context.settings.web);
    if (files.ok())
        context.files = std::make_unique<StaticFiles>(std::move(*files));
    else
        services.log.write(base::LogLevel::warning, "dashboard", files.error().text());
}

Api::~Api() = default;

std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
Api::on_head(const ports::HttpRequest& head) {
    const std::string id = base::to_text(state_->context.services.ids.next());
    auto admitted = state_->admit(head, id);
    if (auto* refused = std::get_if<ports::HttpResponse>(&admitted)) return std::move(*refused);
    auto& admission = std::get<State::Admission>(admitted);
    const Route& route = *admission.route;
    if (route.body == Body::none && has_body(head))
        return problem_of(state_->context.services.log,
                          base::invalid("this request takes no body").at("Content-Length"), id);
    if (route.body != Body::stream) return ports::BufferBody{.limit = static_cast<std::size_t>(route.limit)};
    Reply reply([](ports::HttpResponse) {}, id, state_->context.services.log);
    auto sink = route.open(state_->context, {.request = head,
                                             .principal = std::move(admission.principal),
                                             .path = std::move(admission.path),
                                             .reply = reply});
    if (!sink.ok()) {
        // Logged and worded by the one way out.
        ports::HttpResponse response;
        reply.to([&](ports::HttpResponse made) { response = std::move(made); }).problem(sink.error());
        return response;
    }
    return std::move(*sink);
}

void Api::handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) {
    const std::string id = base::to_text(state_->context.services.ids.next());
    auto admitted = state_->admit(request, id);
    if (auto* answered = std::get_if<ports::HttpResponse>(&admitted)) return respond(std::move(*answered));
    auto& admission = std::get<State::Admission>(admitted);
    if (!admission.route->handle)
        return respond(
            problem_of(state_->context.services.log, base::bug("a streamed body was buffered"), id));
    state_->run(std::move(admission), std::move(request),
                Reply([state = state_, respond = std::move(respond)](
                          ports::HttpResponse response) { respond(std::move(response)); },
                      id, state_->context.services.log));
}

void Api::ask(access::Actor actor, ports::HttpRequest request,
              std::function<void(ports::HttpResponse)> respond) {
    const std::string id = base::to_text(state_->context.services.ids.next());
    base::LogSink& log = state_->context.services.log;
    request.method = ports::Method::get;
    Found found = find_route(request.method, request.path);
    if (!found.route || !found.route->action || !found.route->handle)
        return respond(problem_of(log, nothing_here(), id));
    if (auto allowed = access::may(actor, *found.route->action).status(); !allowed.ok())
        return respond(problem_of(log, allowed.error(), id));
    State::Admission admission{.route = found.route, .path = std::move(found.path), .principal = {}};
    admission.principal.actor = std::move(actor);
    state_->run(std::move(admission), std::move(request),
                Reply([state = state_, respond = std::move(respond)](
                          ports::HttpResponse response) { respond(std::move(response)); },
                      id, log));
}

} // namespace oakum::api
