// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "requests.hpp"

#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::kId;
using api::test::Server;
using ports::Method;

namespace {

ports::HttpResponse ask(Server& server, Method method, const std::string& path, const std::string& body) {
    return server.ask(server.admin, method, path, body);
}

std::string member(const ports::HttpResponse& response, std::string_view name) {
    return json::parse(body_of(response), {.floats = true})->string_at(name).value_or("");
}

} // namespace

TEST_CASE("how long things are kept is read, looked at and set, by kind and in days") {
    Server server;
    const auto read = ask(server, Method::get, "/api/v1/retention", "");
    CHECK(read.status == 200);
    CHECK(body_of(read).find(R"("kind":"audit")") != std::string::npos);
    const auto looked = ask(server, Method::post, "/api/v1/retention/preview", R"({"days":{"sessions":2}})");
    CHECK(looked.status == 200);
    CHECK(body_of(looked).find(R"("removes":12)") != std::string::npos);
    CHECK(member(looked, "sentence").starts_with("12 things are older"));
    CHECK(ask(server, Method::patch, "/api/v1/retention",
              R"({"days":{"audit":500,"history":null},"why":"law"})")
              .status == 200);
    CHECK(body_of(ask(server, Method::get, "/api/v1/retention", "")).find(R"("days":500)") !=
          std::string::npos);
    for (const char* odd : {"{}", R"({"days":{"odd":3}})", R"({"days":{"audit":10}})",
                            R"({"days":{"audit":"x"}})", R"({"days":{},"odd":1})"})
        CHECK(ask(server, Method::patch, "/api/v1/retention", odd).status == 400);
}

TEST_CASE("a program is let in by its code, once, by somebody in a session") {
    Server server;
    const auto begun =
        server.send(server.request(Method::post, "/api/v1/session/code", R"({"client":"oakum on x"})"));
    REQUIRE(begun.status == 200);
    const std::string code = member(begun, "code"), secret = member(begun, "secret");
    CHECK(member(begun, "link") == "https://oakum.example:8443/sign-in/code?code=" + code);
    const auto poll = [&] {
        return server.send(
            server.request(Method::post, "/api/v1/session/code/poll", R"({"secret":")" + secret + "\"}"));
    };
    CHECK(member(poll(), "state") == "waiting");
    CHECK(member(ask(server, Method::get, "/api/v1/sign-in-codes?code=" + code, ""), "client") ==
          "oakum on x");
    CHECK(ask(server, Method::get, "/api/v1/sign-in-codes?code=BBBB-BBBB", "").status == 404);
    CHECK(server.send(server.request(Method::post, "/api/v1/sign-in-codes/actions/grant", R"({"code":"x"})"))
              .status == 401);
    CHECK(ask(server, Method::post, "/api/v1/sign-in-codes/actions/grant", R"({"code":")" + code + "\"}")
              .status == 204);
    server.world.clock.steady_ += std::chrono::seconds(6);
    const auto polled = poll();
    CHECK(member(polled, "state") == "granted");
    CHECK_FALSE(member(polled, "secret").empty());
    CHECK(member(poll(), "state") == "over");
    CHECK(server.send(server.request(Method::post, "/api/v1/session/code", R"({"client":""})")).status ==
          400);
}

TEST_CASE(
    "channels are changed by what is given, keys and tables are tried, people are forgotten with a reason") {
    Server server;
    CHECK(ask(server, Method::patch, "/api/v1/channels/" + kId, R"({"name":"n","secret":"s"})").status ==
          200);
    CHECK(server.channels.calls.back().find("change n with secret") != std::string::npos);
    CHECK(ask(server, Method::patch, "/api/v1/channels/" + kId, R"({"kind":"mail"})").status == 400);
    const auto keys = ask(server, Method::post, "/api/v1/keys/actions/test", "");
    CHECK(keys.status == 200);
    CHECK(body_of(keys).find(R"("signs":null)") != std::string::npos);
    CHECK(ask(server, Method::post, "/api/v1/policies/deadlines/test", R"({"name":"ours","table":"x"})")
              .status == 200);
    CHECK(ask(server, Method::post, "/api/v1/provider/actions/test", "").status == 404); // there is none
    CHECK(ask(server, Method::get, "/api/v1/users/" + kId + "/forgetting", "").status == 404);
    CHECK(ask(server, Method::post, "/api/v1/users/" + kId + "/actions/forget", "{}").status == 400);
}
