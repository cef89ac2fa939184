// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include "person.hpp"
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
    if (person->second_factor_due) {
        console.out("Everybody here signs in with a second factor. Set yours up to go on.\n");
        TRY(enrol(console, *person));
    }
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

namespace {

// As a person is to read it on the page: from which machine it is asked.
std::string own_name(const Console& console) {
    const std::string host = console.environment("HOSTNAME"), user = console.environment("USER");
    std::string name = "oakum";
    if (!user.empty()) name += " of " + user;
    if (!host.empty()) name += " on " + host;
    return name.substr(0, 100);
}

base::Result<json::Value> post_unknown(ports::HttpClient& client, const char* target, const char* member,
                                       const std::string& value) {
    ports::ClientRequest request;
    request.method = Method::post;
    request.target = target;
    request.headers = {{"content-type", "application/json"}, {"user-agent", "oakum command line"}};
    json::Writer(request.body).begin_object().member(member, value).end_object();
    TRY_VALUE(const ports::ClientResponse answer, client.exchange(request));
    auto told = json::parse(answer.body, {.floats = true});
    if (answer.status != 200 || !told.ok())
        return base::denied(told.ok() ? text_at(*told, "/detail", "the server refused it")
                                      : "the server refused it");
    return told;
}

} // namespace

base::Status login_by_code(Console& console, const Connection& connection) {
    TRY_VALUE(const auto client, console.connect(connection));
    TRY_VALUE(const json::Value begun,
              post_unknown(*client, "/api/v1/session/code", "client", own_name(console)));
    console.out("Open this page where you are signed in, or sign in there:\n  " +
                printable(text_at(begun, "/page")) + "\nand type this code:\n  " +
                printable(text_at(begun, "/code")) + "\nThe same as a link: " +
                printable(text_at(begun, "/link")) + "\nWaiting; it ends in ten minutes ...\n");
    const std::string secret = text_at(begun, "/secret");
    auto interval = static_cast<std::int64_t>(number_at(begun, "/interval"));
    const auto most = static_cast<std::int64_t>(number_at(begun, "/expires_in"));
    for (std::int64_t waited = 0; waited < most; waited += interval) {
        interval = std::clamp<std::int64_t>(interval, 1, 60);
        console.wait(std::chrono::seconds(interval));
        TRY_VALUE(const json::Value polled,
                  post_unknown(*client, "/api/v1/session/code/poll", "secret", secret));
        const std::string state = text_at(polled, "/state");
        interval = static_cast<std::int64_t>(number_at(polled, "/interval"));
        if (state == "refused") return base::denied("somebody refused it on the page; nothing was kept");
        if (state == "over") break;
        if (state != "granted") continue;
        Connection kept = connection;
        kept.token = text_at(polled, "/secret");
        kept.token_id = text_at(polled, "/token");
        TRY(save_connection(console, kept));
        console.out("Signed in as " + printable(text_at(polled, "/name")) + " (" +
                    printable(text_at(polled, "/role")) + ") at " + connection.server + "; valid until " +
                    printable(text_at(polled, "/expires")) + ".\n");
        return {};
    }
    return base::denied("nobody let it in within ten minutes; run 'oakum login' again");
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
    if (user.subject.empty()) {
        TRY_VALUE(const std::string password, new_password(flow, user.name, user.password_stdin));
        writer.member("password", password);
    } else {
        writer.member("subject", user.subject);
    }
    writer.end_object();
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

base::Status change_totp(const Flow& flow, const Connection& connection, TotpChange change,
                         std::string user) {
    if (flow.dry_run) {
        flow.console.out(
            "Would sign in and change your authenticator.\nNothing was changed; run it again without "
            "--dry-run.\n");
        return {};
    }
    if (user.empty()) {
        TRY_VALUE(const json::Value me, flow.api.get("/api/v1/me"));
        user = text_at(me, "/name");
    }
    TRY_VALUE(const SignedIn person, with_password(flow.console, connection, user, false));
    const auto changed = [&]() -> base::Status {
        if (change == TotpChange::on) return enrol(flow.console, person);
        // The code that signed in is used; the next one proves it again.
        TRY_VALUE(const std::string code,
                  flow.console.ask("The next code of your authenticator, or a recovery code: ", true));
        std::string body;
        json::Writer(body).begin_object().member("code", code).end_object();
        if (change == TotpChange::off) {
            TRY_VALUE(const json::Value done, person.post("/api/v1/me/totp/off", std::move(body), 204));
            flow.console.out("Your authenticator is no longer asked for.\n");
            return {};
        }
        TRY_VALUE(const json::Value made,
                  person.post("/api/v1/me/totp/recovery-codes", std::move(body), 200));
        show_recovery_codes(flow.console, made);
        return {};
    }();
    const base::Status ended = person.sign_out();
    return changed.ok() ? ended : changed;
}

base::Status make_break_glass(const Flow& flow, const std::string& name, bool renew) {
    if (flow.dry_run) {
        flow.console.out("Would make the break-glass account " + printable(name) +
                         ".\nNothing was changed; run it again without --dry-run.\n");
        return {};
    }
    Api::Body body;
    json::Writer(body.bytes).begin_object().member("name", name).member("renew", renew).end_object();
    TRY_VALUE(const json::Value made, flow.api.call(Method::post, "/api/v1/users/break-glass", &body));
    if (flow.shown.output == Output::json) {
        flow.console.out(std::string(made.source()) + "\n");
        return {};
    }
    flow.console.out(
        "user      " + printable(text_at(made, "/user/name")) + "\npassword  " +
        printable(text_at(made, "/password")) +
        "\n\nPrint it, seal it, and lock it away: it is told only now. It lets whoever holds it do "
        "everything, past\nsecond factor and identity provider. Each use is written to the audit log "
        "and told to every administrator.\n");
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
    const base::Status ended = person.sign_out();
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
