// SPDX-License-Identifier: Apache-2.0
#include "person.hpp"

#include <cli/table.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

using ports::Method;

std::string session_cookie(const ports::ClientResponse& response) {
    for (const auto& [name, value] : response.headers)
        if (name == "set-cookie") return value.substr(0, value.find(';'));
    return {};
}

base::Error refusal(const base::Result<json::Value>& answer, const char* otherwise) {
    if (!answer.ok()) return base::denied(otherwise);
    return base::denied(text_at(*answer, "/detail", otherwise)).at(text_at(*answer, "/where"));
}

} // namespace

ports::ClientRequest SignedIn::request(Method method, std::string target, std::string body) const {
    ports::ClientRequest request;
    request.method = method;
    request.target = std::move(target);
    request.headers = {{"content-type", "application/json"}, {"cookie", cookie}, {"x-csrf-token", csrf}};
    request.body = std::move(body);
    return request;
}

base::Result<json::Value> SignedIn::post(std::string target, std::string body, int expected) const {
    TRY_VALUE(const ports::ClientResponse answer,
              client->exchange(request(Method::post, std::move(target), std::move(body))));
    auto value = json::parse(answer.body.empty() ? "null" : answer.body, {.floats = true});
    if (answer.status != expected || !value.ok()) return refusal(value, "the server refused it");
    return value;
}

base::Status SignedIn::sign_out() const {
    const auto ended = client->exchange(request(Method::del, "/api/v1/session", ""));
    return ended.ok() ? base::Status() : base::Status(ended.error());
}

base::Result<SignedIn> sign_in(Console& console, const Connection& connection, const std::string& target,
                               std::string body) {
    SignedIn person;
    TRY_VALUE(person.client, console.connect(connection));
    ports::ClientRequest request;
    request.method = Method::post;
    request.target = target;
    request.headers = {{"content-type", "application/json"}, {"user-agent", "oakum command line"}};
    request.body = std::move(body);
    TRY_VALUE(const ports::ClientResponse session, person.client->exchange(request));
    const auto me = json::parse(session.body, {.floats = true});
    if (session.status != 200 || !me.ok()) return refusal(me, "the server refused to sign in");
    person.cookie = session_cookie(session);
    person.csrf = text_at(*me, "/csrf");
    person.name = text_at(*me, "/name");
    person.role = text_at(*me, "/role");
    person.second_factor_due = flag_at(*me, "/second_factor_due");
    return person;
}

base::Result<SignedIn> with_password(Console& console, const Connection& connection, const std::string& user,
                                     bool quiet) {
    TRY_VALUE(const std::string password, console.ask(quiet ? "" : "Password of " + user + ": ", true));
    const auto attempt = [&](const std::string& code) {
        std::string body;
        json::Writer writer(body);
        writer.begin_object().member("user", user).member("password", password);
        if (!code.empty()) writer.member("code", code);
        writer.end_object();
        return sign_in(console, connection, "/api/v1/session", std::move(body));
    };
    auto person = attempt("");
    if (person.ok() || person.error().where != "/code") return person;
    TRY_VALUE(const std::string code,
              console.ask(quiet ? "" : "Code of your authenticator, or a recovery code: ", true));
    if (code.empty()) return person;
    return attempt(code);
}

base::Status enrol(Console& console, const SignedIn& person) {
    TRY_VALUE(const json::Value offer, person.post("/api/v1/me/totp", "", 200));
    console.out("Add this to an authenticator app; it is shown only now:\n  " +
                printable(text_at(offer, "/uri")) + "\n  secret: " + printable(text_at(offer, "/secret")) +
                "\n");
    TRY_VALUE(const std::string code, console.ask("The six digits that it shows: ", false));
    std::string body;
    json::Writer(body).begin_object().member("code", code).end_object();
    TRY_VALUE(const json::Value made, person.post("/api/v1/me/totp/confirm", std::move(body), 200));
    show_recovery_codes(console, made);
    return {};
}

void show_recovery_codes(Console& console, const json::Value& answer) {
    console.out("Keep these codes where your authenticator is not. Each lets you in once:\n");
    if (const auto codes = answer.find("recovery_codes"))
        for (const json::Value& each : codes->items())
            console.out("  " + printable(each.text()) + "\n");
}

} // namespace oakum::cli
