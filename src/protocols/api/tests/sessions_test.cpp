// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "openapi.hpp"
#include "schema.hpp"

#include <access/totp.hpp>

#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::header_of;
using api::test::Server;
using ports::Method;

namespace {

json::Value value_of(const ports::HttpResponse& response) {
    auto value = json::parse(body_of(response), {.floats = true});
    REQUIRE(value.ok());
    return std::move(*value);
}

struct Woken {
    std::shared_ptr<ports::EventStream> stream;
    int wakes = 0;
    explicit Woken(Server& server, const governance::SignedIn& who) {
        auto response = server.ask(who, Method::get, "/api/v1/events");
        REQUIRE(response.status == 200);
        stream = std::get<std::shared_ptr<ports::EventStream>>(response.body);
        stream->on_wake([this] { ++wakes; });
        REQUIRE(stream->next().has_value());
        wakes = 0;
    }
};

} // namespace

TEST_CASE("a session that is ended is out at once, also in its open event stream") {
    Server server;
    REQUIRE(server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer).ok());
    const auto here = server.world.sign_in("anna").value(), stolen = server.world.sign_in("anna").value();
    Woken thief(server, stolen), owner(server, here);
    const json::Value list = value_of(server.ask(here, Method::get, "/api/v1/sessions"));
    REQUIRE(list.at("items")->size() == 2);
    CHECK(server.ask(here, Method::del, "/api/v1/sessions/" + stolen.principal.token.text()).status == 204);
    CHECK(server.ask(stolen, Method::get, "/api/v1/me").status == 401);
    CHECK(thief.wakes > 0); // not only at the next heartbeat
    CHECK_FALSE(thief.stream->next().has_value());
    const auto heard = owner.stream->next();
    REQUIRE(heard.has_value());
    CHECK(heard->find(stolen.principal.token.text()) == std::string::npos); // whose sessions end is not told
    CHECK(value_of(server.ask(here, Method::get, "/api/v1/sessions")).at("items")->size() == 1);
}

TEST_CASE("a revoked token's open event stream ends at once") {
    Server server;
    const auto token = server.world.wait<governance::NewToken>([&](auto done) {
        server.world.tokens.create(server.admin.principal.actor,
                                   {.label = "x",
                                    .scopes = access::TokenScopes::of(access::TokenScope::read),
                                    .lifetime = std::chrono::hours(1)},
                                   done);
    });
    ports::HttpRequest request = server.request(Method::get, "/api/v1/events");
    request.headers.emplace_back("authorization", "Bearer " + token->secret);
    auto response = server.send(std::move(request));
    REQUIRE(response.status == 200);
    const auto stream = std::get<std::shared_ptr<ports::EventStream>>(response.body);
    int wakes = 0;
    stream->on_wake([&] { ++wakes; });
    REQUIRE(stream->next().has_value());
    CHECK(server.ask(server.admin, Method::del, "/api/v1/tokens/" + token->row.id.text()).status == 204);
    CHECK(wakes > 0);
    CHECK_FALSE(stream->next().has_value());
}

TEST_CASE("sessions of others are an administrator's to see and to end") {
    Server server;
    REQUIRE(server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer).ok());
    REQUIRE(server.world.add_user(server.admin.principal.actor, "bert", access::Role::operator_).ok());
    const auto anna = server.world.sign_in("anna").value(), bert = server.world.sign_in("bert").value();
    const std::string of_anna = "/api/v1/sessions?user=" + anna.principal.actor.user.text();
    CHECK(server.ask(bert, Method::get, of_anna).status == 404);
    CHECK(server.ask(bert, Method::del, of_anna).status == 404);
    CHECK(server.ask(bert, Method::del, "/api/v1/sessions/" + anna.principal.token.text()).status == 404);
    CHECK(server.ask(server.admin, Method::get, "/api/v1/sessions?user=nobody").status == 400);
    CHECK(value_of(server.ask(server.admin, Method::get, of_anna)).at("items")->size() == 1);
    CHECK(value_of(server.ask(server.admin, Method::del, of_anna)).uint_at("ended").value() == 1);
    CHECK(server.ask(anna, Method::get, "/api/v1/me").status == 401);
    CHECK(server.ask(bert, Method::get, "/api/v1/me").status == 200);
}

TEST_CASE("a sign-in takes no session from outside, and ends the one that the browser held") {
    Server server;
    REQUIRE(server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer).ok());
    const std::string chosen(43, 'A');
    const auto enter = [&](const std::string& cookie) {
        ports::HttpRequest request = server.request(Method::post, "/api/v1/session",
                                                    R"({"user":"anna","password":"a good long password"})");
        request.headers.emplace_back("cookie", "__Host-oakum_session=" + cookie);
        request.headers.emplace_back("user-agent", "curl/8");
        const auto response = server.send(std::move(request));
        REQUIRE(response.status == 200);
        const std::string set = header_of(response, "Set-Cookie");
        return set.substr(set.find('=') + 1, set.find(';') - set.find('=') - 1);
    };
    const auto status = [&](const std::string& cookie) {
        ports::HttpRequest request = server.request(Method::get, "/api/v1/me");
        request.headers.emplace_back("cookie", "__Host-oakum_session=" + cookie);
        return server.send(std::move(request)).status;
    };
    const std::string first = enter(chosen);
    CHECK(first != chosen);
    CHECK(status(chosen) == 401);
    const std::string second = enter(first);
    CHECK(second != first);
    CHECK(status(first) == 401);
    CHECK(status(second) == 200);
}

TEST_CASE("an unknown user is answered as a wrong password is") {
    Server server;
    REQUIRE(server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer).ok());
    const auto attempt = [&](const std::string& user) {
        const int before = server.world.passwords.verified;
        const auto response = server.send(server.request(
            Method::post, "/api/v1/session", R"({"user":")" + user + R"(","password":"not the right one"})"));
        CHECK(server.world.passwords.verified == before + 1); // the same work
        const json::Value problem = value_of(response);
        return std::pair(response.status, problem.string_at("detail").value());
    };
    CHECK(attempt("anna") == attempt("nobody"));
}

TEST_CASE("who changes a person second is told who was first, and what that changed") {
    Server server;
    const auto anna = server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer);
    const std::string path = "/api/v1/users/" + anna->id.text();
    const auto change = [&](const std::string& tag, const std::string& body) {
        ports::HttpRequest request = server.request(Method::patch, path, body);
        Server::as(request, server.admin);
        request.headers.emplace_back("if-match", tag);
        return server.send(std::move(request));
    };
    const std::string read = "\"" + governance::tag_of(*anna) + "\"";
    const auto first = change(read, R"({"role":"operator"})");
    CHECK(first.status == 200);
    const auto second = change(read, R"({"role":"approver"})");
    CHECK(second.status == 409);
    const std::string said = value_of(second).string_at("detail").value();
    CHECK(said.find("user admin changed it first") != std::string::npos);
    CHECK(said.find("(role)") != std::string::npos);
    CHECK(said.find("nothing of yours was kept") != std::string::npos);
    CHECK(change(header_of(first, "ETag"), R"({"role":"approver"})").status == 200);
    CHECK(change("v1", R"({"role":"viewer"})").status == 400);
    // Signing in is no change that anybody has to look at again.
    const auto shown = value_of(server.ask(server.admin, Method::get, "/api/v1/users"));
    REQUIRE(server.world.sign_in("anna").ok());
    for (const json::Value& each : shown.at("items")->items())
        if (each.string_at("name").value() == "anna")
            CHECK(change("\"" + each.string_at("version").value() + "\"", R"({"role":"operator"})").status ==
                  200);
    CHECK(server.ask(server.admin, Method::patch, path, R"({"role":"viewer"})").status == 200);
}

TEST_CASE(
    "a second factor is set up, asked for and switched off over the API, and its secrets are told once") {
    Server server;
    REQUIRE(server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer).ok());
    const auto anna = server.world.sign_in("anna").value();
    const json::Value offer = value_of(server.ask(anna, Method::post, "/api/v1/me/totp"));
    CHECK(offer.string_at("uri").value().starts_with("otpauth://totp/Oakum:anna?secret="));
    const auto row = [&] {
        return *server.world.control.find<ports::UserRow>(device::kDefaultTenant, anna.principal.actor.user);
    };
    const auto code = [&](std::uint64_t more) {
        const std::string sealed = row().totp;
        return access::totp_code(base::from_hex(sealed.substr(sealed.find(':') + 1)).value(),
                                 access::totp_step(server.world.clock.now()) + more);
    };
    const auto post = [&](const std::string& what, const std::string& typed) {
        return server.ask(anna, Method::post, "/api/v1/me/totp/" + what, R"({"code":")" + typed + R"("})");
    };
    CHECK(post("confirm", "000000").status == 401);
    const auto confirmed = post("confirm", code(0));
    REQUIRE(confirmed.status == 200);
    CHECK(value_of(confirmed).at("recovery_codes")->size() == 10);
    const test::Schemas schemas(
        json::parse(openapi_document(),
                    {.max_bytes = 4 << 20, .max_depth = 32, .max_values = 200'000, .floats = true})
            .value());
    for (const std::string& wrong : schemas.check(value_of(confirmed), "RecoveryCodes"))
        FAIL_CHECK(wrong);
    const auto enter = [&](const std::string& typed) {
        return server.send(server.request(Method::post, "/api/v1/session",
                                          R"({"user":"anna","password":"a good long password")" +
                                              (typed.empty() ? "" : R"(,"code":")" + typed + "\"") + "}"));
    };
    const auto asked = enter("");
    CHECK(asked.status == 401);
    CHECK(value_of(asked).string_at("where").value() == "/code");
    CHECK(enter(code(1)).status == 200);
    const json::Value me = value_of(server.ask(anna, Method::get, "/api/v1/me"));
    CHECK(me.bool_at("second_factor").value());
    CHECK(me.uint_at("recovery_codes_left").value() == 10);
    CHECK(server
              .ask(server.admin, Method::post,
                   "/api/v1/users/" + anna.principal.actor.user.text() + "/actions/reset-totp",
                   R"({"why":"lost"})")
              .status == 200);
    CHECK(enter("").status == 200);
}
