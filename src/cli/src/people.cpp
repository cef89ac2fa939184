// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include "session.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

using ports::Method;

constexpr int kTokenDays = 30;

// A signed-in person, for as long as one command needs it.
struct SignedIn {
    std::unique_ptr<ports::HttpClient> client;
    std::string cookie, csrf, name, role;

    ports::ClientRequest request(Method method, std::string target, std::string body) const {
        ports::ClientRequest request;
        request.method = method;
        request.target = std::move(target);
        request.headers = {{"content-type", "application/json"}, {"cookie", cookie}, {"x-csrf-token", csrf}};
        request.body = std::move(body);
        return request;
    }
};

std::string session_cookie(const ports::ClientResponse& response) {
    for (const auto& [name, value] : response.headers)
        if (name == "set-cookie") return value.substr(0, value.find(';'));
    return {};
}

base::Result<SignedIn> sign_in(Console& console, const Connection& connection, const std::string& target,
                               std::string body) {
    SignedIn person;
    TRY_VALUE(person.client, console.connect(connection));
    ports::ClientRequest request;
    request.method = Method::post;
    request.target = target;
    request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    TRY_VALUE(const ports::ClientResponse session, person.client->exchange(request));
    const auto me = json::parse(session.body, {.floats = true});
    if (session.status != 200 || !me.ok())
        return base::denied(me.ok() ? text_at(*me, "/detail", "the server refused to sign in")
                                    : "the server refused to sign in");
    person.cookie = session_cookie(session);
    person.csrf = text_at(*me, "/csrf");
    person.name = text_at(*me, "/name");
    person.role = text_at(*me, "/role");
    return person;
}

base::Result<SignedIn> with_password(Console& console, const Connection& connection, const std::string& user,
                                     bool quiet) {
    TRY_VALUE(const std::string password, console.ask(quiet ? "" : "Password of " + user + ": ", true));
    std::string body;
    json::Writer(body).begin_object().member("user", user).member("password", password).end_object();
    return sign_in(console, connection, "/api/v1/session", std::move(body));
}

base::Result<json::Value> make_token(const SignedIn& person, const std::string& label,
                                     const std::vector<std::string>& scopes, int days) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object().member("label", label).member("expires_in_days", days).key("scopes").begin_array();
    for (const std::string& scope : scopes)
        writer.value(scope);
    writer.end_array().end_object();
    TRY_VALUE(const ports::ClientResponse answer,
              person.client->exchange(person.request(Method::post, "/api/v1/tokens", std::move(body))));
    auto created = json::parse(answer.body, {.floats = true});
    if (answer.status != 201 || !created.ok())
        return base::invalid(created.ok() ? text_at(*created, "/detail", "no token was given")
                                          : "no token was given");
    return created;
}

std::vector<std::string> scopes_of(const std::string& role) {
    std::vector<std::string> scopes{"read"};
    if (role == "operator" || role == "administrator") scopes.emplace_back("operate");
    if (role == "approver" || role == "administrator") scopes.emplace_back("approve");
    if (role == "administrator") scopes.emplace_back("administer");
    return scopes;
}

base::Result<std::string> new_password(const Flow& flow, const std::string& user, bool quiet) {
    TRY_VALUE(const std::string first, flow.console.ask(quiet ? "" : "New password of " + user + ": ", true));
    if (quiet) return first;
    TRY_VALUE(const std::string second, flow.console.ask("Once more: ", true));
    if (first != second) return base::invalid("the two passwords differ");
    return first;
}

} // namespace

base::Status login(Console& console, const Connection& connection, const std::string& user,
                   const std::string& one_time) {
    std::string body;
    json::Writer(body).begin_object().member("token", one_time).end_object();
    auto person = one_time.empty()
                      ? with_password(console, connection, user, false)
                      : sign_in(console, connection, "/api/v1/session/one-time", std::move(body));
    if (!person.ok()) return std::move(person).error();
    TRY_VALUE(const json::Value created,
              make_token(*person, "oakum command line", scopes_of(person->role), kTokenDays));
    Connection kept = connection;
    kept.token = text_at(created, "/secret");
    kept.token_id = text_at(created, "/token/id");
    TRY(save_connection(console, kept));
    console.out("Signed in as " + printable(person->name) + " (" + printable(person->role) + ") at " +
                connection.server + "; valid for 30 days.\n");
    if (!one_time.empty())
        console.out("A one-time link works once: choose a password with 'oakum user password " +
                    printable(person->name) + "'.\n");
    return {};
}

base::Status logout(Console& console, const Connection& connection, Api& api) {
    base::Status ended;
    if (!connection.token_id.empty()) {
        // A token may not end tokens; then it ends with its days.
        const auto revoked = api.call(Method::del, "/api/v1/tokens/" + encode(connection.token_id));
        if (!revoked.ok()) ended = revoked.error();
    }
    TRY(forget_connection(console));
    console.out(ended.ok() ? "Signed out.\n"
                           : "Forgotten here. The token itself could not be ended (" +
                                 printable(ended.error().text()) + "); it ends within 30 days.\n");
    return {};
}

base::Status who_am_i(const Flow& flow) {
    TRY_VALUE(const json::Value me, flow.api.get("/api/v1/me"));
    flow.shown.object({{"name", "/name"},
                       {"role", "/role"},
                       {"token may", "/token_scopes", Format::list},
                       {"may", "/permissions", Format::list},
                       {"password chosen", "/password_set", Format::flag}},
                      me);
    return {};
}

base::Status create_user(const Flow& flow, const NewUser& user) {
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().member("name", user.name).member("role", user.role);
    if (flow.dry_run) {
        flow.console.out("Would let in " + printable(user.name) + " as " + printable(user.role) +
                         ".\nNothing was changed; run it again without --dry-run.\n");
        return {};
    }
    if (!user.groups.empty()) {
        writer.key("scope").begin_array();
        for (const std::string& group : user.groups) {
            TRY_VALUE(const std::string id, id_of(flow.api, "group", group));
            writer.value(id);
        }
        writer.end_array();
    }
    TRY_VALUE(const std::string password, new_password(flow, user.name, user.password_stdin));
    writer.member("password", password).end_object();
    TRY_VALUE(const json::Value created, flow.api.call(Method::post, "/api/v1/users", &body));
    flow.shown.object({{"id", "/id"}, {"name", "/name"}, {"role", "/role"}}, created);
    return {};
}

base::Status set_password(const Flow& flow, const std::string& user, bool password_stdin) {
    if (flow.dry_run) {
        flow.console.out("Would change the password of " + printable(user) +
                         ".\nNothing was changed; run it again without --dry-run.\n");
        return {};
    }
    TRY_VALUE(const std::string id, id_of(flow.api, "user", user));
    TRY_VALUE(const std::string password, new_password(flow, user, password_stdin));
    Api::Body body;
    json::Writer(body.bytes).begin_object().member("password", password).end_object();
    TRY_VALUE(const json::Value changed, flow.api.call(Method::patch, "/api/v1/users/" + encode(id), &body));
    if (flow.shown.output == Output::json)
        flow.console.out(std::string(changed.source()) + "\n");
    else
        flow.console.out("The password of " + printable(text_at(changed, "/name")) + " is changed.\n");
    return {};
}

base::Status create_token(const Flow& flow, const Connection& connection, const NewToken& token) {
    std::string user = token.user;
    if (user.empty()) {
        TRY_VALUE(const json::Value me, flow.api.get("/api/v1/me"));
        user = text_at(me, "/name");
    }
    if (flow.dry_run) {
        flow.console.out("Would make a token \"" + printable(token.label) + "\" for " + printable(user) +
                         ".\nNothing was changed; run it again without --dry-run.\n");
        return {};
    }
    TRY_VALUE(const SignedIn person, with_password(flow.console, connection, user, token.password_stdin));
    const auto created = make_token(person, token.label, token.scopes, token.days);
    const auto ended = person.client->exchange(person.request(Method::del, "/api/v1/session", ""));
    if (!created.ok()) return created.error();
    flow.shown.object({{"secret", "/secret", Format::id},
                       {"id", "/token/id"},
                       {"scopes", "/token/scopes", Format::list},
                       {"expires", "/token/expires", Format::time}},
                      *created);
    if (!ended.ok()) return base::Error(ended.error()).wrap("the token is made; signing out");
    return {};
}

} // namespace oakum::cli
