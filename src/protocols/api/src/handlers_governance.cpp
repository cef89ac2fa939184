// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <json/parse.hpp>

#include <charconv>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;

struct UserView {
    ports::UserRow row;
    std::vector<GroupRef> scope;
};
struct TokenView {
    ports::TokenRow row;
    std::string user;
};
struct EnrolmentView {
    ports::TokenRow row;
    std::optional<GroupRef> group;
};

} // namespace

void write(Out& o, const UserView& v) {
    object(o, [&] {
        o("id", v.row.id)("name", v.row.name)("role", v.row.role)("scope", v.scope)("disabled",
                                                                                    v.row.disabled);
        o("password_set", !v.row.password_hash.empty())("created", v.row.created)("version",
                                                                                  governance::tag_of(v.row));
        o("second_factor", v.row.totp_on)("break_glass", v.row.break_glass);
        o("identity", v.row.identity.empty() ? std::nullopt : std::optional(v.row.identity));
    });
}
void write(Out& o, const TokenView& v) {
    object(o, [&] {
        o("id", v.row.id)("label", v.row.label)("user", UserRef{.id = v.row.user, .name = v.user})(
            "scopes", v.row.scopes);
        o("created", v.row.created)("expires", v.row.expires)("revoked", v.row.revoked);
    });
}
void write(Out& o, const EnrolmentView& v) {
    object(o, [&] {
        o("id", v.row.id)("label", v.row.label)("group", v.group)("uses_left",
                                                                  v.row.uses_left)("created", v.row.created);
        o("expires", v.row.expires)("revoked", v.row.revoked);
    });
}

namespace {

TokenView view_of(const Context& context, device::TenantId tenant, ports::TokenRow row) {
    const auto user = context.services.control.find<ports::UserRow>(tenant, row.user);
    return {.row = std::move(row), .user = user ? user->name : ""};
}

EnrolmentView enrolment_view_of(const Context& context, device::TenantId tenant, ports::TokenRow row) {
    EnrolmentView view{.row = std::move(row), .group = {}};
    if (!view.row.group.is_zero()) view.group = groups_of(context, tenant, {view.row.group}).front();
    return view;
}

template <class View> void reply_page(const Call& call, base::Result<std::vector<View>> views) {
    if (!views.ok()) return call.reply.problem(views.error());
    auto page = page_parameters(call);
    if (!page.ok()) return call.reply.problem(page.error());
    const Page<View> piece = cut(std::move(*views), *page);
    call.reply.json(200, page_json(piece, piece.items, list_of(call)));
}

template <class T>
std::function<void(base::Result<T>)> or_problem(const Call& call, std::function<void(T)> then) {
    return [reply = call.reply, then = std::move(then)](base::Result<T> result) {
        if (!result.ok()) return reply.problem(result.error());
        then(std::move(*result));
    };
}

} // namespace

void list_users(Context& context, Call call) {
    auto rows = context.services.users.list(call.actor());
    if (!rows.ok()) return call.reply.problem(rows.error());
    std::vector<UserView> views;
    for (ports::UserRow& row : *rows) {
        auto scope = groups_of(context, call.tenant(), row.scope);
        views.push_back({.row = std::move(row), .scope = std::move(scope)});
    }
    reply_page<UserView>(call, std::move(views));
}

namespace {

std::function<void(base::Result<ports::UserRow>)> answer_user(Context& context, const Call& call,
                                                              int status) {
    return or_problem<ports::UserRow>(
        call, [&context, reply = call.reply, tenant = call.tenant(), status](ports::UserRow row) {
            auto scope = groups_of(context, tenant, row.scope);
            const std::string tag = "\"" + governance::tag_of(row) + "\"";
            reply.json(status, to_json(UserView{.row = std::move(row), .scope = std::move(scope)}),
                       {{"ETag", tag}});
        });
}

} // namespace

void create_user(Context& context, Call call) {
    BODY(user, kSmall, decode_user_new);
    context.services.users.create(call.actor(), std::move(*user), answer_user(context, call, 201));
}

void update_user(Context& context, Call call) {
    PATH_ID(id, access::UserId);
    BODY(patch, kSmall, decode_user_patch);
    OR_PROBLEM(expected, expected_tag(call));
    patch->expected = std::move(*expected);
    context.services.users.patch(
        call.actor(), *id, std::move(*patch),
        or_who_was_first(context, call, "user " + id->text(), answer_user(context, call, 200)));
}

void make_break_glass(Context& context, Call call) {
    BODY(body, kSmall, decode_break_glass);
    context.services.users.make_break_glass(
        call.actor(), body->name, body->renew,
        or_problem<governance::BreakGlass>(call, [&context, reply = call.reply,
                                                  tenant = call.tenant()](governance::BreakGlass made) {
            auto scope = groups_of(context, tenant, made.row.scope);
            std::string text;
            Out o(text);
            object(o, [&] {
                o("user", UserView{.row = made.row, .scope = std::move(scope)})("password", made.password);
            });
            reply.json(201, std::move(text));
        }));
}

void reset_totp(Context& context, Call call) {
    PATH_ID(id, access::UserId);
    auto body = json_body(call, kSmall);
    if (!body.ok()) return call.reply.problem(body.error());
    OR_PROBLEM(why, decode_why(*body, WhyIs::required));
    context.services.second_factor.reset(call.actor(), *id, *why, answer_user(context, call, 200));
}

namespace {

void reply_rules(const Reply& reply, const governance::SignInRules& rules) {
    std::string body;
    Out o(body);
    object(o, [&] { o("second_factor_required", rules.second_factor); });
    reply.json(200, std::move(body));
}

} // namespace

void get_sign_in_rules(Context& context, Call call) {
    OR_PROBLEM(rules, governance::sign_in_rules(call.actor(), context.services.control));
    reply_rules(call.reply, *rules);
}

void set_sign_in_rules(Context& context, Call call) {
    BODY(rules, kSmall, decode_sign_in_rules);
    context.services.set_sign_in_rules(
        call.actor(), *rules,
        or_problem<governance::SignInRules>(
            call, [reply = call.reply](governance::SignInRules kept) { reply_rules(reply, kept); }));
}

void list_tokens(Context& context, Call call) {
    auto rows = context.services.tokens.list(call.actor());
    if (!rows.ok()) return call.reply.problem(rows.error());
    std::vector<TokenView> views;
    for (ports::TokenRow& row : *rows)
        views.push_back(view_of(context, call.tenant(), std::move(row)));
    reply_page<TokenView>(call, std::move(views));
}

void create_token(Context& context, Call call) {
    BODY(token, kSmall, decode_token_new);
    context.services.tokens.create(
        call.actor(), *token,
        or_problem<governance::NewToken>(
            call, [&context, reply = call.reply, tenant = call.tenant()](governance::NewToken made) {
                std::string body;
                Out o(body);
                object(o, [&] { o("token", view_of(context, tenant, made.row))("secret", made.secret); });
                reply.json(201, std::move(body));
            }));
}

void revoke_token(Context& context, Call call) {
    PATH_ID(id, access::TokenId);
    context.services.tokens.revoke(call.actor(), call.principal.token, *id, answer_nothing(call));
}

void list_enrolment_tokens(Context& context, Call call) {
    auto rows = context.services.tokens.enrolments(call.actor());
    if (!rows.ok()) return call.reply.problem(rows.error());
    std::vector<EnrolmentView> views;
    for (ports::TokenRow& row : *rows)
        views.push_back(enrolment_view_of(context, call.tenant(), std::move(row)));
    reply_page<EnrolmentView>(call, std::move(views));
}

void create_enrolment_token(Context& context, Call call) {
    BODY(token, kSmall, decode_enrolment_new);
    context.services.tokens.create_enrolment(
        call.actor(), *token,
        or_problem<governance::NewToken>(
            call, [&context, reply = call.reply, tenant = call.tenant()](governance::NewToken made) {
                std::string body;
                Out o(body);
                object(o, [&] {
                    o("enrolment_token", enrolment_view_of(context, tenant, made.row))("secret", made.secret);
                    o("command", "oakum-agent enroll --server " + context.settings.address() +
                                     " --ca-fingerprint " + context.settings.ca_fingerprint + " --token " +
                                     made.secret);
                });
                reply.json(201, std::move(body));
            }));
}

void revoke_enrolment_token(Context& context, Call call) {
    PATH_ID(id, access::TokenId);
    context.services.tokens.revoke_enrolment(call.actor(), *id, answer_nothing(call));
}

namespace {

base::Result<std::optional<std::uint64_t>> record_number(const Call& call, std::string_view name) {
    const std::string text = call.parameter(name);
    if (text.empty()) return std::optional<std::uint64_t>();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return base::invalid("it is the number of a record").at(name);
    return std::optional(number);
}

} // namespace

void search_audit(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    OR_PROBLEM(text, text_parameter(call, "q", 200));
    OR_PROBLEM(before, record_number(call, "before"));
    context.services.audit.search(
        call.actor(), {std::move(*text), *before, page->limit},
        or_problem<governance::AuditFound>(call, [reply = call.reply](governance::AuditFound found) {
            std::string body;
            Out o(body);
            object(o, [&] {
                o("items", found.rows);
                o("next_cursor", found.next ? std::optional(std::to_string(*found.next)) : std::nullopt);
            });
            reply.json(200, std::move(body));
        }));
}

void list_audit(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    OR_PROBLEM(number, record_number(call, "after"));
    OR_PROBLEM(from, time_parameter(call, "from"));
    OR_PROBLEM(to, time_parameter(call, "to"));
    const std::uint64_t after = number->value_or(0);
    const auto newest = context.services.control.find<ports::AuditRow>(call.tenant(), shard::NewestAudit{});
    const std::uint64_t total = newest ? newest->number : 0;
    context.services.audit.list(
        call.actor(), after, page->limit + 1,
        or_problem<std::vector<ports::AuditRow>>(call, [reply = call.reply, limit = page->limit, total,
                                                        from = *from,
                                                        to = *to](std::vector<ports::AuditRow> rows) {
            const bool more = rows.size() > limit;
            if (more) rows.resize(limit);
            const std::string next = more ? std::to_string(rows.back().number) : std::string();
            std::erase_if(rows, [&](const ports::AuditRow& row) {
                return (from && row.at < *from) || (to && row.at >= *to + std::chrono::seconds(1));
            });
            std::string body;
            Out o(body);
            object(o, [&] {
                o("items", rows);
                o("next_cursor", more ? std::optional(next) : std::nullopt);
                o("total", total);
            });
            reply.json(200, std::move(body));
        }));
}

void verify_audit(Context& context, Call call) {
    context.services.audit.verify(call.actor(), answer_json<governance::AuditVerification>(call));
}

} // namespace oakum::api
