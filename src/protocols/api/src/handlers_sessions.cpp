// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {

void write(Out& o, const governance::OpenSession& v) {
    object(o, [&] {
        o("id", v.row.id)("user", UserRef{.id = v.row.user, .name = v.user})("address", v.row.label);
        o("client", v.row.client)("began", v.row.began)("created", v.row.created)("used", v.used);
        o("expires", v.row.expires)("here", v.here);
    });
}

namespace {

constexpr std::size_t kSmall = 65'536;

std::string me_json(const Context& context, const governance::Principal& principal) {
    std::vector<device::GroupId> scope;
    for (const base::Id128& group : principal.actor.scope)
        scope.emplace_back(group);
    std::vector<std::string> scopes;
    if (principal.actor.token)
        for (unsigned i = 0; i < 4; ++i)
            if (const auto one = static_cast<access::TokenScope>(i); principal.actor.token->has(one))
                scopes.emplace_back(access::to_string(one));
    const device::TenantId tenant(principal.actor.tenant);
    std::string body;
    Out o(body);
    object(o, [&] {
        o("id", principal.actor.user)("name", principal.actor.name)("role", principal.actor.role);
        o("scope", groups_of(context, tenant, scope));
        o("via", std::string_view(principal.session ? "session" : "token"));
        o("token_scopes", principal.session ? std::nullopt : std::optional(scopes));
        o("permissions", access::permissions(principal.actor));
        o("csrf", principal.session ? std::optional(principal.csrf) : std::nullopt);
        o("session_expires", principal.session ? std::optional(principal.expires) : std::nullopt);
        o("password_set", principal.password_set)("local_account", principal.local);
        o("second_factor", principal.second_factor)("second_factor_due", principal.second_factor_due);
        o("recovery_codes_left", static_cast<std::uint64_t>(principal.recovery_left));
        o.w.key("features");
        object(o, [&] {
            o("tenants", context.services.control.tenants().size() > 1);
            o("approval_by_another", context.settings.approval_by_another);
        });
    });
    return body;
}

constexpr const char* kSession = "__Host-oakum_session";
constexpr const char* kProviderSignIn =
    "__Host-oakum_sign_in"; // between going to the provider and coming back

// SameSite and the __Host- prefix keep other sites and other hosts out; scripts never see it.
std::pair<std::string, std::string> cookie(const std::string& secret, std::int64_t seconds,
                                           const char* name = kSession) {
    return {"Set-Cookie", std::string(name) + "=" + secret + "; Path=/; Max-Age=" + std::to_string(seconds) +
                              "; HttpOnly; Secure; SameSite=Strict"};
}

shard::Completion<governance::SignedIn>
signed_in(Context& context, const Call& call,
          std::optional<std::pair<std::string, std::string>> header = std::nullopt) {
    return [&context, reply = call.reply, header](base::Result<governance::SignedIn> result) {
        if (!result.ok()) return reply.problem(result.error());
        const auto left = result->principal.expires - context.services.clock.now();
        std::vector<std::pair<std::string, std::string>> headers{
            cookie(result->secret, std::max<std::int64_t>(left.count() / 1000, 0))};
        if (header) headers.push_back(*header);
        reply.json(200, me_json(context, result->principal), std::move(headers));
    };
}

governance::Origin origin_of(const Call& call) {
    return {.address = call.request.peer.address,
            .loopback = from_this_machine(call.request),
            .client = std::string(call.request.header("user-agent")),
            .previous = std::string(session_cookie(call.request))};
}

base::Result<std::optional<access::UserId>> user_parameter(const Call& call) {
    const std::string text = call.parameter("user");
    if (text.empty()) return std::optional<access::UserId>();
    auto id = access::UserId::parse(text);
    if (!id.ok()) return base::invalid("it is the id of a user").at("user");
    return std::optional(*id);
}

} // namespace

void sign_in(Context& context, Call call) {
    BODY(body, kSmall, decode_sign_in);
    context.services.sessions.sign_in(context.settings.tenant, std::move(*body), origin_of(call),
                                      signed_in(context, call));
}

void sign_in_once(Context& context, Call call) {
    BODY(token, kSmall, decode_one_time);
    context.services.sessions.sign_in_once(context.settings.tenant, *token, origin_of(call),
                                           signed_in(context, call));
}

void sign_out(Context& context, Call call) {
    context.services.sessions.sign_out(call.principal, [reply = call.reply](base::Status status) {
        if (!status.ok()) return reply.problem(status.error());
        ports::HttpResponse response;
        response.status = 204;
        response.headers.push_back(cookie("", 0));
        add_security_headers(response);
        reply.send(std::move(response));
    });
}

void get_me(Context& context, Call call) {
    call.reply.json(200, me_json(context, call.principal));
}

void change_password(Context& context, Call call) {
    BODY(body, kSmall, decode_password);
    governance::Principal after = call.principal;
    after.password_set = true;
    context.services.sessions.change_password(call.principal, body->current, body->next, origin_of(call),
                                              [&context, after, reply = call.reply](base::Status status) {
                                                  if (!status.ok()) return reply.problem(status.error());
                                                  reply.json(200, me_json(context, after));
                                              });
}

namespace {

Answer<std::vector<std::string>> answer_recovery_codes(const Call& call) {
    return [reply = call.reply](base::Result<std::vector<std::string>> codes) {
        if (!codes.ok()) return reply.problem(codes.error());
        std::string body;
        Out o(body);
        object(o, [&] { o("recovery_codes", *codes); });
        reply.json(200, std::move(body));
    };
}

} // namespace

void begin_totp(Context& context, Call call) {
    context.services.second_factor.begin(
        call.principal, "Oakum", [reply = call.reply](base::Result<governance::TotpOffer> offer) {
            if (!offer.ok()) return reply.problem(offer.error());
            std::string body;
            Out o(body);
            object(o, [&] { o("secret", offer->secret)("uri", offer->uri); });
            reply.json(200, std::move(body));
        });
}

void confirm_totp(Context& context, Call call) {
    BODY(code, kSmall, decode_code);
    context.services.second_factor.confirm(call.principal, *code, answer_recovery_codes(call));
}

void renew_recovery_codes(Context& context, Call call) {
    BODY(code, kSmall, decode_code);
    context.services.second_factor.renew_recovery(call.principal, *code, answer_recovery_codes(call));
}

void end_totp(Context& context, Call call) {
    BODY(code, kSmall, decode_code);
    context.services.second_factor.switch_off(call.principal, *code, answer_nothing(call));
}

namespace {

constexpr const char* kComeBack = "/sign-in/done";

base::Error no_provider() {
    return base::not_found("this server has no identity provider; sign in with a password");
}

} // namespace

void get_sign_in_ways(Context& context, Call call) {
    const governance::SingleSignOn* provider = context.services.single_sign_on;
    std::string body;
    Out o(body);
    object(o, [&] { o("single_sign_on", provider ? std::optional(provider->name()) : std::nullopt); });
    call.reply.json(200, std::move(body));
}

void begin_single_sign_on(Context& context, Call call) {
    if (!context.services.single_sign_on) return call.reply.problem(no_provider());
    context.services.single_sign_on->begin(context.settings.address() + kComeBack, origin_of(call),
                                           [reply = call.reply](base::Result<governance::SignInBegun> begun) {
                                               if (!begun.ok()) return reply.problem(begun.error());
                                               std::string body;
                                               Out o(body);
                                               object(o, [&] { o("location", begun->location); });
                                               reply.json(200, std::move(body),
                                                          {cookie(begun->cookie, 600, kProviderSignIn)});
                                           });
}

void finish_single_sign_on(Context& context, Call call) {
    if (!context.services.single_sign_on) return call.reply.problem(no_provider());
    BODY(answer, kSmall, decode_provider_answer);
    answer->cookie = std::string(cookie_of(call.request, std::string(kProviderSignIn) + "="));
    context.services.single_sign_on->finish(context.settings.tenant, std::move(*answer),
                                            context.settings.address() + kComeBack, origin_of(call),
                                            signed_in(context, call, cookie("", 0, kProviderSignIn)));
}

void list_sessions(Context& context, Call call) {
    OR_PROBLEM(user, user_parameter(call));
    OR_PROBLEM(page, page_parameters(call));
    OR_PROBLEM(sessions, context.services.open_sessions.list(call.principal, *user));
    const Page<governance::OpenSession> piece = cut(std::move(*sessions), *page);
    call.reply.json(200, page_json(piece, piece.items, list_of(call)));
}

void end_session(Context& context, Call call) {
    PATH_ID(id, access::TokenId);
    context.services.open_sessions.end(call.principal, *id, answer_nothing(call));
}

void end_sessions(Context& context, Call call) {
    OR_PROBLEM(user, user_parameter(call));
    context.services.open_sessions.end_all(
        call.principal, *user, [reply = call.reply](base::Result<std::size_t> ended) {
            if (!ended.ok()) return reply.problem(ended.error());
            std::string body;
            Out o(body);
            object(o, [&] { o("ended", static_cast<std::uint64_t>(*ended)); });
            reply.json(200, std::move(body));
        });
}

} // namespace oakum::api
