// SPDX-License-Identifier: Apache-2.0
#include "login.hpp"
#include "settings.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

std::string session_cookie(const ports::ClientResponse& response) {
    for (const auto& [name, value] : response.headers)
        if (name == "set-cookie") return value.substr(0, value.find(';'));
    return {};
}

} // namespace

base::Status login(Console& console, const Connection& connection, const std::string& user,
                   const std::string& one_time) {
    TRY_VALUE(auto client, console.connect(connection));
    ports::ClientRequest sign_in;
    sign_in.method = ports::Method::post;
    sign_in.headers.emplace_back("content-type", "application/json");
    if (!one_time.empty()) {
        sign_in.target = "/api/v1/session/one-time";
        json::Writer(sign_in.body).begin_object().member("token", one_time).end_object();
    } else {
        TRY_VALUE(const std::string password, console.ask("Password of " + user + ": ", true));
        sign_in.target = "/api/v1/session";
        json::Writer(sign_in.body)
            .begin_object()
            .member("user", user)
            .member("password", password)
            .end_object();
    }
    TRY_VALUE(const ports::ClientResponse session, client->exchange(sign_in));
    const auto me = json::parse(session.body, {.floats = true});
    if (session.status != 200 || !me.ok())
        return base::unauthenticated(me.ok() ? text_at(*me, "/detail", "the server refused to sign in")
                                             : "the server refused to sign in");

    const std::string role = text_at(*me, "/role");
    ports::ClientRequest create;
    create.method = ports::Method::post;
    create.target = "/api/v1/tokens";
    create.headers = {{"content-type", "application/json"},
                      {"cookie", session_cookie(session)},
                      {"x-csrf-token", text_at(*me, "/csrf")}};
    json::Writer writer(create.body);
    writer.begin_object()
        .member("label", "oakum command line")
        .member("expires_in_days", 30)
        .key("scopes")
        .begin_array()
        .value("read");
    if (role == "operator" || role == "administrator") writer.value("operate");
    if (role == "approver" || role == "administrator") writer.value("approve");
    if (role == "administrator") writer.value("administer");
    writer.end_array().end_object();
    TRY_VALUE(const ports::ClientResponse token, client->exchange(create));
    const auto created = json::parse(token.body, {.floats = true});
    if (token.status != 201 || !created.ok())
        return base::denied(created.ok() ? text_at(*created, "/detail", "no token was given")
                                         : "no token was given");
    Connection kept = connection;
    kept.token = text_at(*created, "/secret");
    TRY(save_connection(console, kept));
    console.out("Signed in as " + text_at(*me, "/name") + " (" + role + ") at " + connection.server +
                "; valid for 30 days.\n");
    return {};
}

} // namespace oakum::cli
