// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "requests.hpp"

#include <map>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::header_of;
using api::test::Server;
using ports::Method;

namespace {

ports::HttpRequest good_request(Server& server, const Route& route) {
    auto request =
        server.request(route.method, test::good_path(route), test::good_body(route), test::good_type(route));
    if (route.path == "/api/v1/uploads/{id}") request.headers.emplace_back("upload-offset", "4");
    return request;
}

constexpr std::array kRoles{access::Role::viewer, access::Role::operator_, access::Role::approver,
                            access::Role::administrator};

// The people of the walk: one of each role for the whole fleet, one of each who sees a group only.
struct People {
    std::map<std::string, governance::SignedIn> by_name;
    explicit People(Server& server) {
        const device::GroupId north(base::Id128{1, 1});
        server.world
            .wait_status([&](auto done) {
                server.world.writer.submit(
                    shard::control_of(device::kDefaultTenant), shard::Priority::person,
                    [&](shard::Transaction& transaction) -> base::Status {
                        ports::GroupRow group;
                        group.id = north;
                        group.name = "north";
                        transaction.put(group);
                        return {};
                    },
                    done);
            })
            .value();
        for (const access::Role role : kRoles)
            for (const bool scoped : {false, true}) {
                const std::string name =
                    std::string(scoped ? "scoped." : "whole.") + std::string(to_string(role));
                const auto made =
                    server.world.add_user(server.admin.principal.actor, name, role,
                                          scoped ? std::vector{north} : std::vector<device::GroupId>{});
                REQUIRE(made.ok());
                by_name.emplace(name, server.world
                                          .sign_in(name, "a good long password",
                                                   "192.0.2." + std::to_string(by_name.size()))
                                          .value());
            }
    }
};

} // namespace

TEST_CASE("nobody gets anywhere without signing in, and nothing is asked or stored") {
    Server server;
    for (const Route& route : routes()) {
        if (!route.action) continue;
        CAPTURE(route.path);
        CAPTURE(to_string(route.method));
        const std::size_t stored = server.stored();
        const auto response = server.send(good_request(server, route));
        CHECK(response.status == 401);
        CHECK(header_of(response, "Content-Type") == "application/problem+json");
        CHECK(server.asked() == 0);
        CHECK(server.stored() == stored);
    }
}

TEST_CASE("each role gets through each route exactly as the access table says") {
    for (const access::Role role : kRoles)
        for (const bool scoped : {false, true}) {
            Server server;
            const People people(server);
            const std::string name =
                std::string(scoped ? "scoped." : "whole.") + std::string(to_string(role));
            for (const Route& route : routes()) {
                // These would end the walk's own session.
                if (!route.action || route.path == "/api/v1/session" || route.path == "/api/v1/me/password")
                    continue;
                CAPTURE(name);
                CAPTURE(route.path);
                CAPTURE(to_string(route.method));
                const auto& who = people.by_name.at(name);
                const bool allowed = access::may(who.principal.actor, *route.action).allowed;
                const std::size_t asked = server.asked(), stored = server.stored();
                ports::HttpRequest request = good_request(server, route);
                Server::as(request, who);
                const auto response = server.send(std::move(request));
                if (allowed) {
                    // An id that is not there is 404; a group that a scoped person must name is 403 of the
                    // use case; a code that is not the authenticator's is 401, and without one 409.
                    const bool of_code = route.path.starts_with("/api/v1/me/totp/") &&
                                         (response.status == 401 || response.status == 409);
                    CHECK((response.status < 300 || response.status == 404 || of_code ||
                           (scoped && route.path == "/api/v1/enrolment-tokens" && response.status == 403)));
                } else {
                    CHECK(response.status == 403);
                    CHECK(server.asked() == asked);
                    CHECK(server.stored() == stored);
                }
            }
        }
}

TEST_CASE("who has to set up a second factor first gets nowhere else, whatever their role") {
    Server server;
    REQUIRE(
        server.ask(server.admin, Method::put, "/api/v1/sign-in-rules", R"({"second_factor_required":true})")
            .status == 200);
    for (const Route& route : routes()) {
        if (!route.action || *route.action == access::Action::self_edit) continue;
        CAPTURE(route.path);
        const std::size_t asked = server.asked(), stored = server.stored();
        ports::HttpRequest request = good_request(server, route);
        Server::as(request, server.admin);
        CHECK(server.send(std::move(request)).status == 403);
        CHECK(server.asked() == asked);
        CHECK(server.stored() == stored);
    }
    CHECK(server.ask(server.admin, Method::get, "/api/v1/me").status == 200);
    CHECK(server.ask(server.admin, Method::post, "/api/v1/me/totp").status == 200);
}

TEST_CASE("what is asked carries the scope of who asks") {
    Server server;
    const People people(server);
    CHECK(server.ask(people.by_name.at("scoped.viewer"), Method::get, "/api/v1/devices").status == 200);
    CHECK(server.devices.scope == std::vector{base::Id128{1, 1}});
    CHECK(server.ask(people.by_name.at("whole.viewer"), Method::get, "/api/v1/devices").status == 200);
    CHECK(server.devices.scope.empty());
}

TEST_CASE("another tenant's sessions, tokens and ids are nothing here") {
    Server server;
    // The other tenant, in the same store.
    const device::TenantId other(2);
    const auto link = server.world.wait<std::string>(
        [&](auto done) { server.world.sessions.first_start(other, "admin", done); });
    const auto stranger = server.world.wait<governance::SignedIn>([&](auto done) {
        server.world.sessions.sign_in_once(other, *link, {.address = "127.0.0.1", .loopback = true}, done);
    });
    REQUIRE(stranger.ok());
    const auto token = server.world.wait<governance::NewToken>([&](auto done) {
        server.world.tokens.create(stranger->principal.actor,
                                   {.label = "x",
                                    .scopes = access::TokenScopes::of(access::TokenScope::administer),
                                    .lifetime = std::chrono::hours(1)},
                                   done);
    });
    const auto enrolment = server.world.wait<governance::NewToken>([&](auto done) {
        server.world.tokens.create_enrolment(
            stranger->principal.actor,
            {.label = "x", .group = {}, .uses = 1, .lifetime = std::chrono::hours(1)}, done);
    });
    for (const Route& route : routes()) {
        if (!route.action) continue;
        CAPTURE(route.path);
        ports::HttpRequest request = good_request(server, route);
        Server::as(request, *stranger);
        CHECK(server.send(std::move(request)).status == 401);
        request = good_request(server, route);
        request.headers.emplace_back("authorization", "Bearer " + token->secret);
        CHECK(server.send(std::move(request)).status == 401);
    }
    CHECK(server.asked() == 0);
    const std::size_t stored = server.stored();
    const auto gone = [&](Method method, const std::string& path, const std::string& body = {}) {
        CHECK(server.ask(server.admin, method, path, body).status == 404);
    };
    gone(Method::patch, "/api/v1/users/" + stranger->principal.actor.user.text(), R"({"disabled":true})");
    gone(Method::del, "/api/v1/tokens/" + token->row.id.text());
    gone(Method::del, "/api/v1/enrolment-tokens/" + enrolment->row.id.text());
    CHECK(server.stored() == stored);
    const std::string users = body_of(server.ask(server.admin, Method::get, "/api/v1/users"));
    CHECK(users.find(stranger->principal.actor.user.text()) == std::string::npos);
}

TEST_CASE("a session changes nothing without its CSRF token or from another site") {
    Server server;
    const std::string body = R"({"name":"anna","role":"viewer","password":"a good long password"})";
    const auto attempt = [&](const std::function<void(ports::HttpRequest&)>& change) {
        ports::HttpRequest request = server.request(Method::post, "/api/v1/users", body);
        request.headers.emplace_back("host", "oakum.example:8443");
        request.headers.emplace_back("cookie", "__Host-oakum_session=" + server.admin.secret);
        change(request);
        return server.send(std::move(request)).status;
    };
    const auto with = [](std::string name, std::string value) {
        return [=](ports::HttpRequest& request) { request.headers.emplace_back(name, value); };
    };
    const std::string csrf = server.admin.principal.csrf;
    CHECK(attempt([](ports::HttpRequest&) {}) == 403);
    CHECK(attempt(with("x-csrf-token", "")) == 403);
    CHECK(attempt(with("x-csrf-token", csrf.substr(1))) == 403);
    CHECK(attempt([&](ports::HttpRequest& request) {
              with("x-csrf-token", csrf)(request);
              with("sec-fetch-site", "cross-site")(request);
          }) == 403);
    CHECK(attempt([&](ports::HttpRequest& request) {
              with("x-csrf-token", csrf)(request);
              with("origin", "https://evil.example")(request);
          }) == 403);
    CHECK(server.world.users.list(server.admin.principal.actor)->size() == 1);
    CHECK(attempt([&](ports::HttpRequest& request) {
              with("x-csrf-token", csrf)(request);
              with("sec-fetch-site", "same-origin")(request);
              with("origin", "https://oakum.example:8443")(request);
          }) == 201);
    // Reading needs none; from another site a session does not even read.
    for (const char* site : {"cross-site", "same-site"}) {
        ports::HttpRequest other = server.request(Method::get, "/api/v1/me");
        other.headers.emplace_back("cookie", "__Host-oakum_session=" + server.admin.secret);
        other.headers.emplace_back("sec-fetch-site", site);
        CHECK(server.send(std::move(other)).status == 403);
    }
    ports::HttpRequest stream = server.request(Method::get, "/api/v1/events");
    stream.headers.emplace_back("cookie", "__Host-oakum_session=" + server.admin.secret);
    stream.headers.emplace_back("origin", "https://evil.example");
    CHECK(server.send(std::move(stream)).status == 403);
    ports::HttpRequest read = server.request(Method::get, "/api/v1/me");
    read.headers.emplace_back("cookie", "__Host-oakum_session=" + server.admin.secret);
    CHECK(server.send(std::move(read)).status == 200);
}

TEST_CASE("metrics are for those who may, and for the machine itself") {
    Server server;
    ports::HttpRequest far = server.request(Method::get, "/metrics");
    CHECK(server.send(far).status == 401);
    far.peer.loopback = true;
    CHECK(server.send(far).status == 200);
    far.headers.emplace_back("x-forwarded-for", "192.0.2.7");
    CHECK(server.send(far).status == 401);
    CHECK(server.ask(server.admin, Method::get, "/metrics").status == 200);
}

TEST_CASE("a one-time link works on the machine itself and not through a proxy on it") {
    Server server;
    const auto link = server.world.wait<std::string>([&](auto done) {
        server.world.sessions.issue_link(device::kDefaultTenant, "admin", "oakumd", done);
    });
    REQUIRE(link.ok());
    const auto attempt = [&](bool loopback, bool proxied) {
        ports::HttpRequest request =
            server.request(Method::post, "/api/v1/session/one-time", R"({"token":")" + *link + R"("})");
        request.peer.loopback = loopback;
        if (proxied) request.headers.emplace_back("x-forwarded-for", "198.51.100.1");
        return server.send(std::move(request));
    };
    CHECK(attempt(false, false).status == 403);
    CHECK(attempt(true, true).status == 403);
    const auto in = attempt(true, false);
    CHECK(in.status == 200);
    const std::string cookie = header_of(in, "Set-Cookie");
    CHECK(cookie.starts_with("__Host-oakum_session="));
    for (const char* attribute :
         {"; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict", "; Max-Age=43200"})
        CHECK(cookie.find(attribute) != std::string::npos);
    CHECK(attempt(true, false).status == 401);
}
