// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "event_stream.hpp"
#include "fakes.hpp"
#include "requests.hpp"
#include "schema.hpp"

#include <json/parse.hpp>

#include <cstdlib>
#include <fstream>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::header_of;
using api::test::Server;
using ports::Method;

namespace {

json::Value parsed(const ports::HttpResponse& response) {
    return json::parse(body_of(response),
                       {.max_bytes = 4 << 20, .max_depth = 32, .max_values = 200'000, .floats = true})
        .value();
}

} // namespace

TEST_CASE("every answer of every route fits its schema in the document") {
    Server server;
    const test::Schemas schemas(parsed(server.send(server.request(Method::get, "/api/v1/openapi.json"))));
    const json::Value paths = schemas.document().at("paths").value();
    std::size_t checked = 0;
    for (const Route& route : routes()) {
        if (route.path == "/metrics" || route.path == "/api/v1/openapi.json" ||
            route.path == "/api/v1/events" || route.path == "/api/v1/session" ||
            route.path == "/api/v1/session/one-time" || route.path == "/api/v1/me/password")
            continue;
        CAPTURE(route.path);
        ports::HttpRequest request = server.request(route.method, test::good_path(route),
                                                    test::good_body(route), test::good_type(route));
        if (route.path == "/api/v1/uploads/{id}") request.headers.emplace_back("upload-offset", "4");
        Server::as(request, server.admin);
        const auto response = server.send(std::move(request));
        std::string method(to_string(route.method));
        for (char& c : method)
            c = static_cast<char>(c - 'A' + 'a');
        const json::Value responses = paths.at(route.path)->at(method)->at("responses").value();
        const auto documented = responses.find(std::to_string(response.status));
        // Users and tokens that are not there; codes of an authenticator that nobody has.
        if (response.status == 404 || route.path.starts_with("/api/v1/me/totp/")) {
            CHECK(response.status >= 400);
            for (const std::string& wrong : schemas.check(parsed(response), "Problem"))
                FAIL_CHECK(wrong);
            continue;
        }
        REQUIRE(documented);
        if (response.status == 204) continue;
        const json::Value content = documented->at("content").value();
        if (route.path == "/api/v1/artifacts/{id}") {
            CHECK(content.find("application/octet-stream"));
            continue;
        }
        const std::string_view ref = content.at("application/json")->at("schema")->at("$ref")->text();
        for (const std::string& wrong :
             schemas.check(parsed(response), ref.substr(std::string_view("#/components/schemas/").size())))
            FAIL_CHECK(wrong);
        ++checked;
    }
    CHECK(checked > 60);
}

TEST_CASE("signing in gives a cookie that works, and signing out ends it") {
    Server server;
    REQUIRE(server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer).ok());
    const auto in = server.send(server.request(Method::post, "/api/v1/session",
                                               R"({"user":"anna","password":"a good long password"})"));
    REQUIRE(in.status == 200);
    const json::Value me = parsed(in);
    CHECK(me.string_at("name").value() == "anna");
    CHECK(me.string_at("via").value() == "session");
    const std::string cookie = header_of(in, "Set-Cookie");
    ports::HttpRequest request = server.request(Method::get, "/api/v1/me");
    request.headers.emplace_back("cookie", cookie.substr(0, cookie.find(';')));
    CHECK(server.send(request).status == 200);
    ports::HttpRequest out = server.request(Method::del, "/api/v1/session");
    out.headers.emplace_back("cookie", cookie.substr(0, cookie.find(';')));
    out.headers.emplace_back("x-csrf-token", me.string_at("csrf").value());
    const auto left = server.send(out);
    CHECK(left.status == 204);
    CHECK(header_of(left, "Set-Cookie").find("Max-Age=0") != std::string::npos);
    CHECK(server.send(request).status == 401);
}

TEST_CASE("a token speaks for its user without a CSRF token") {
    Server server;
    const auto made = server.ask(server.admin, Method::post, "/api/v1/tokens",
                                 R"({"label":"ci","scopes":["operate"],"expires_in_days":1})");
    REQUIRE(made.status == 201);
    const std::string secret = parsed(made).string_at("secret").value();
    const auto with_token = [&](Method method, const std::string& path, const std::string& body) {
        ports::HttpRequest request = server.request(method, path, body);
        request.headers.emplace_back("authorization", "Bearer " + secret);
        return server.send(std::move(request));
    };
    CHECK(with_token(Method::get, "/api/v1/devices", "").status == 200);
    CHECK(with_token(Method::post, "/api/v1/groups", R"({"name":"x"})").status == 201);
    CHECK(
        with_token(Method::post, "/api/v1/tokens", R"({"label":"ci","scopes":["read"],"expires_in_days":1})")
            .status == 403);
    CHECK(with_token(Method::get, "/api/v1/users", "").status == 403);
    const json::Value me = parsed(with_token(Method::get, "/api/v1/me", ""));
    CHECK(me.find("csrf")->is_null());
    CHECK(me.find("token_scopes")->size() == 1);
}

TEST_CASE("every answer keeps caches, frames and sniffers away") {
    Server server;
    for (const auto& response : {server.ask(server.admin, Method::get, "/api/v1/me"),
                                 server.send(server.request(Method::get, "/api/v1/me")),
                                 server.send(server.request(Method::get, "/api/v1/nothing")),
                                 server.send(server.request(Method::get, "/healthz"))}) {
        CHECK(header_of(response, "Cache-Control") == "no-store");
        CHECK(header_of(response, "X-Content-Type-Options") == "nosniff");
        CHECK(header_of(response, "Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
    }
}

TEST_CASE("a page's cursor leads to the next one, and to no other list") {
    Server server;
    const auto first = parsed(server.ask(server.admin, Method::get, "/api/v1/devices?query=a&limit=1"));
    const std::string cursor = first.string_at("next_cursor").value();
    CHECK(server.ask(server.admin, Method::get, "/api/v1/devices?query=a&cursor=" + cursor).status == 200);
    CHECK(server.devices.calls.back() == "list after after this");
    CHECK(server.ask(server.admin, Method::get, "/api/v1/devices?query=b&cursor=" + cursor).status == 400);
    CHECK(server.ask(server.admin, Method::get, "/api/v1/rollouts?cursor=" + cursor).status == 400);
    for (int i = 0; i < 5; ++i)
        REQUIRE(server.world
                    .add_user(server.admin.principal.actor, "user" + std::to_string(i), access::Role::viewer)
                    .ok());
    std::vector<std::string> names;
    std::string path = "/api/v1/users?limit=4";
    for (int pages = 0; pages < 5; ++pages) {
        const json::Value page = parsed(server.ask(server.admin, Method::get, path));
        CHECK(page.uint_at("total").value() == 6);
        const json::Value items = page.array_at("items").value();
        for (const json::Value& item : items.items())
            names.push_back(item.string_at("name").value());
        if (page.find("next_cursor")->is_null()) break;
        path = "/api/v1/users?limit=4&cursor=" + page.string_at("next_cursor").value();
    }
    CHECK(names.size() == 6);
}

TEST_CASE("an ETag that is known is answered without the body") {
    Server server;
    const std::string path = "/api/v1/rollouts/" + test::kId;
    const auto first = server.ask(server.admin, Method::get, path);
    ports::HttpRequest again = server.request(Method::get, path);
    Server::as(again, server.admin);
    again.headers.emplace_back("if-none-match", header_of(first, "ETag"));
    const auto unchanged = server.send(std::move(again));
    CHECK(unchanged.status == 304);
    CHECK(body_of(unchanged).empty());
    CHECK(header_of(server.ask(server.admin, Method::get, "/api/v1/groups/" + test::kId), "ETag") ==
          "\"v3\"");
    ports::HttpRequest wrong =
        server.request(Method::patch, "/api/v1/groups/" + test::kId, R"({"name":"x"})");
    Server::as(wrong, server.admin);
    wrong.headers.emplace_back("if-match", "v3");
    CHECK(server.send(std::move(wrong)).status == 400);
}

TEST_CASE("a POST with a key happens once, and a failed one may be tried again") {
    Server server;
    const std::string body = R"({"name":"once","release":")" + test::kId + R"("})";
    const auto attempt = [&](const std::string& key, const std::string& text) {
        ports::HttpRequest request = server.request(Method::post, "/api/v1/rollouts", text);
        Server::as(request, server.admin);
        request.headers.emplace_back("idempotency-key", key);
        return server.send(std::move(request));
    };
    server.rollouts.failure = base::unavailable("the store is away");
    CHECK(attempt("k1", body).status == 503);
    server.rollouts.failure.reset();
    const auto first = attempt("k1", body);
    const auto second = attempt("k1", body);
    CHECK(first.status == 201);
    CHECK(second.status == 201);
    CHECK(body_of(first) == body_of(second));
    CHECK(header_of(second, "Idempotency-Replayed") == "true");
    CHECK(server.rollouts.calls.size() == 2);
    CHECK(attempt("k1", R"({"name":"other","release":")" + test::kId + R"("})").status == 409);
    CHECK(attempt("bad key", body).status == 400);

    ports::HttpRequest token = server.request(Method::post, "/api/v1/tokens",
                                              R"({"label":"ci","scopes":["read"],"expires_in_days":1})");
    Server::as(token, server.admin);
    token.headers.emplace_back("idempotency-key", "k2");
    const auto made = server.send(token);
    REQUIRE(made.status == 201);
    const auto repeated = server.send(token);
    CHECK(repeated.status == 409);
    const std::string secret = parsed(made).string_at("secret").value();
    for (const auto& [place, row] : server.world.journal.stored)
        if (const auto* kept = std::get_if<ports::IdempotencyRow>(&row))
            CHECK(kept->body.find(secret) == std::string::npos);
}

TEST_CASE("an advisory that is not in the data is not answered with zero") {
    Server server;
    const auto response = server.ask(server.admin, Method::get, "/api/v1/advisories/CVE-2099-0001");
    CHECK(response.status == 404);
    const json::Value problem = parsed(response);
    CHECK(problem.string_at("newest_record").value() == base::to_iso8601(test::kAt));
    CHECK(problem.string_at("detail").value().find(
              "is not in our data; its newest record is of 2025-11-22") != std::string::npos);
}

TEST_CASE("what is our own fault is told in general words and logged under the same id") {
    Server server;
    server.rollouts.failure = base::corrupt("page 7 of /var/lib/oakum/db is bad");
    const auto response = server.ask(server.admin, Method::post, "/api/v1/rollouts",
                                     R"({"name":"a","release":")" + test::kId + R"("})");
    CHECK(response.status == 500);
    const json::Value problem = parsed(response);
    CHECK(body_of(response).find("/var/lib") == std::string::npos);
    REQUIRE_FALSE(server.world.log.lines.empty());
    CHECK(server.world.log.lines.back() ==
          problem.string_at("id").value() + ": 500 page 7 of /var/lib/oakum/db is bad");
}

TEST_CASE("too many attempts are answered with 429 and when to come back") {
    Server server;
    const std::string body = R"({"user":"nobody","password":"wrong"})";
    ports::HttpResponse response;
    for (int i = 0; i < 7; ++i)
        response = server.send(server.request(Method::post, "/api/v1/session", body));
    CHECK(response.status == 429);
    CHECK(header_of(response, "Retry-After") == "1");
}

TEST_CASE("readiness says what is missing") {
    Server server;
    CHECK(server.send(server.request(Method::get, "/readyz")).status == 200);
    server.system.ready = false;
    const auto response = server.send(server.request(Method::get, "/readyz"));
    CHECK(response.status == 503);
    CHECK(parsed(response).string_at("status").value() == "degraded");
    CHECK(server.send(server.request(Method::get, "/healthz")).status == 200);
}

TEST_CASE("an unknown method is told what there is, and an unknown address nothing") {
    Server server;
    const auto response = server.ask(server.admin, Method::del, "/api/v1/users");
    CHECK(response.status == 405);
    CHECK(header_of(response, "Allow") == "GET, POST");
    CHECK(server.ask(server.admin, Method::get, "/api/v1/nothing<script>").status == 404);
    CHECK(body_of(server.ask(server.admin, Method::get, "/api/v1/nothing<script>")).find("script") ==
          std::string::npos);
    CHECK(server.ask(server.admin, Method::get, "/api/v1/me", "{}").status == 400);
}

// ---- events

namespace {

void change(Server& server, std::string kind, std::string subject,
            device::TenantId tenant = device::kDefaultTenant) {
    REQUIRE(server.world
                .wait_status([&](auto done) {
                    server.world.writer.submit(
                        shard::control_of(tenant), shard::Priority::person,
                        [&](shard::Transaction& transaction) -> base::Status {
                            transaction.change(kind, subject, R"({"a":1})");
                            return {};
                        },
                        done);
                })
                .ok());
}

std::shared_ptr<ports::EventStream> open_stream(Server& server, const governance::SignedIn& who,
                                                std::string last = {}) {
    ports::HttpRequest request = server.request(Method::get, "/api/v1/events");
    Server::as(request, who);
    if (!last.empty()) request.headers.emplace_back("last-event-id", last);
    auto response = server.send(std::move(request));
    auto* stream = std::get_if<std::shared_ptr<ports::EventStream>>(&response.body);
    return stream ? *stream : nullptr;
}

} // namespace

TEST_CASE("changes arrive as events, and a reader that was away goes on where it was") {
    Server server;
    const auto stream = open_stream(server, server.admin);
    REQUIRE(stream);
    int woken = 0;
    stream->on_wake([&] { ++woken; });
    CHECK(stream->next() == "");
    change(server, "rollout", "r1");
    CHECK(woken > 0);
    const std::string text = stream->next().value();
    CHECK(text.find("event: rollout\ndata: {\"number\":") != std::string::npos);
    CHECK(text.find("\"subject\":\"r1\"") != std::string::npos);
    CHECK(stream->next() == "");
    const std::string number = text.substr(4, text.find('\n') - 4);
    change(server, "rollout", "r2");
    const auto later = open_stream(server, server.admin, number);
    CHECK(later->next().value().find("r2") != std::string::npos);
    change(server, "rollout", "foreign", device::TenantId(2));
    CHECK(stream->next().value().find("foreign") == std::string::npos);
    server.world.executor.advance(std::chrono::seconds(16));
    CHECK(stream->next() == ": still here\n\n");
}

TEST_CASE("a reader with a scope hears of what is everyone's, and of no update elsewhere") {
    Server server;
    const device::GroupId north(base::Id128{1, 1});
    REQUIRE(server.world
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
                .ok());
    REQUIRE(server.world.add_user(server.admin.principal.actor, "nora", access::Role::viewer, {north}).ok());
    const auto stream = open_stream(server, *server.world.sign_in("nora"));
    REQUIRE(stream);
    CHECK(stream->next() == "");
    change(server, "figures", "2026-11-26");
    CHECK(stream->next().value().find("event: figures\n") != std::string::npos);
    change(server, "deployment", "d");
    CHECK(stream->next() == "");
}

TEST_CASE("a reader whose place is no longer known is told to load anew, and then goes on") {
    Server server;
    // As after a restart: numbers go on, and what is older than what is stored is gone.
    server.world.writer.feed().begin(1000, {});
    // 2000 was given by a store that a backup has replaced since.
    for (const std::string last : {"500", "0", "2000", "18446744073709551615"}) {
        const auto stream = open_stream(server, server.admin, last);
        REQUIRE(stream);
        const std::string text = stream->next().value();
        const std::string newest = std::to_string(server.world.writer.feed().newest());
        CHECK(text == "id: " + newest + "\nevent: resync\ndata: {}\n\n");
        CHECK(stream->next() == "");
    }
    const auto stream = open_stream(server, server.admin, "1000");
    CHECK(stream->next() == "");
    for (const std::string last : {"x", "-1", "1 ", "99999999999999999999"}) {
        ports::HttpRequest request = server.request(Method::get, "/api/v1/events");
        Server::as(request, server.admin);
        request.headers.emplace_back("last-event-id", last);
        CHECK(server.send(std::move(request)).status == 400);
    }
}

TEST_CASE("an event stream ends when its reader may no longer read") {
    Server server;
    const auto anna = server.world.add_user(server.admin.principal.actor, "anna", access::Role::viewer);
    const auto in = server.world.sign_in("anna");
    const auto stream = open_stream(server, *in);
    REQUIRE(stream);
    CHECK(stream->next().has_value());
    REQUIRE(
        server.ask(server.admin, Method::patch, "/api/v1/users/" + anna->id.text(), R"({"disabled":true})")
            .status == 200);
    CHECK_FALSE(stream->next().has_value());
}

TEST_CASE("a user opens so many streams at most, and a closed one makes room") {
    Server server;
    std::vector<std::shared_ptr<ports::EventStream>> open;
    for (int i = 0; i < 16; ++i) {
        open.push_back(open_stream(server, server.admin));
        REQUIRE(open.back());
    }
    CHECK_FALSE(open_stream(server, server.admin));
    open.pop_back();
    CHECK(open_stream(server, server.admin));
}

TEST_CASE("who sees only some groups hears only of their devices") {
    Server server;
    const device::GroupId north(base::Id128{1, 1});
    REQUIRE(server.world
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
                .ok());
    REQUIRE(server.world.add_user(server.admin.principal.actor, "nora", access::Role::viewer, {north}).ok());
    const auto stream = open_stream(server, *server.world.sign_in("nora"));
    REQUIRE(stream);
    const std::string seen = test::id<device::DeviceId>(2).text(),
                      unseen = test::id<device::DeviceId>(3).text();
    change(server, "device", seen);
    change(server, "device", unseen);
    change(server, "deployment", "d1");
    change(server, "user", "u1");
    change(server, "rollout", "r1");
    const std::string text = stream->next().value();
    CHECK(text.find(seen) != std::string::npos);
    CHECK(text.find("r1") != std::string::npos);
    for (const std::string& hidden : {unseen, std::string("d1"), std::string("u1")})
        CHECK(text.find(hidden) == std::string::npos);
}

TEST_CASE("an event is one event, whatever its summary holds") {
    ports::ChangeRow row;
    row.number = 7;
    row.kind = "device\nevent: forged";
    row.subject = "x\n\nevent: forged";
    row.summary = "{\"a\":\n\"b\"}";
    const std::string text = event_text(row);
    CHECK(std::count(text.begin(), text.end(), '\n') == 4);
    CHECK(text.starts_with("id: 7\nevent: deviceevent forged\ndata: {"));
}

// ---- the dashboard's files

TEST_CASE("the dashboard's files are served, cached by their names, and nothing beside them") {
    char folder[] = "/tmp/oakum-api-test-XXXXXX";
    REQUIRE(mkdtemp(folder) != nullptr);
    const std::filesystem::path root(folder), web = root / "web";
    std::filesystem::create_directories(web / "assets");
    std::ofstream(root / "secret.txt") << "secret";
    std::ofstream(web / "index.html") << "<!doctype html>";
    std::ofstream(web / "assets" / "index-4f2a.js") << "run()";
    std::ofstream(web / "assets" / "index-4f2a.js.gz") << "packed";
    std::filesystem::create_symlink(root / "secret.txt", web / "link.txt");
    Server server(web);
    const auto get = [&](const std::string& path, const std::string& encoding = "") {
        ports::HttpRequest request = server.request(Method::get, path);
        if (!encoding.empty()) request.headers.emplace_back("accept-encoding", encoding);
        return server.send(std::move(request));
    };
    const auto file_of = [](const ports::HttpResponse& response) {
        const auto* range = std::get_if<ports::FileRange>(&response.body);
        return range ? range->path.filename().string() : std::string();
    };
    for (const char* page : {"/", "/devices", "/rollouts/abc"}) {
        const auto response = get(page);
        CHECK(response.status == 200);
        CHECK(file_of(response) == "index.html");
        CHECK(header_of(response, "Cache-Control") == "no-cache");
        CHECK(header_of(response, "Content-Security-Policy").find("script-src 'self';") != std::string::npos);
    }
    const auto script = get("/assets/index-4f2a.js");
    CHECK(file_of(script) == "index-4f2a.js");
    CHECK(header_of(script, "Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(header_of(script, "Content-Type") == "text/javascript; charset=utf-8");
    const auto packed = get("/assets/index-4f2a.js", "gzip, br");
    CHECK(file_of(packed) == "index-4f2a.js.gz");
    CHECK(header_of(packed, "Content-Encoding") == "gzip");
    for (const char* nothing : {"/link.txt", "/../secret.txt", "/assets/../index.html", "/assets/none",
                                "/none.js", "/assets/", "/api/v1", "/device/v1/x", "//etc/passwd.txt"})
        CHECK(get(nothing).status == 404);
    CHECK(server.send(server.request(Method::post, "/", "{}")).status == 404);
    std::filesystem::remove_all(root);
}
