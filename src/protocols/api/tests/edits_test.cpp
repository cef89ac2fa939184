// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "requests.hpp"

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

} // namespace

TEST_CASE("a bulk request names its devices in one way, and what its action needs, and nothing else") {
    Server server;
    struct Case {
        std::string body;
        int status;
        std::string said;
    };
    const Case cases[]{
        {R"({"query":"","action":"hold"})", 200, ""},
        {R"({"devices":[")" + kId + R"("],"action":"re-enrol"})", 200, ""},
        {R"({"query":"site = a","action":"set","facts":{"owner":"x","site":null}})", 200, ""},
        {R"({"query":"","action":"move","group":null})", 200, ""},
        {R"({"query":"","action":"move","group":")" + kId + R"("})", 200, ""},
        {R"({"query":"","part":"fixable","action":"hold"})", 200, ""},
        {R"({"query":"site = a","fix":"release:1","action":"hold"})", 200, ""},
        {R"({"query":"","part":"fixable","fix":"release:1","action":"hold"})", 400, "/fix"},
        {R"({"query":"","part":"odd","action":"hold"})", 400, "/part"},
        {R"({"devices":[")" + kId + R"("],"part":"fixable","action":"hold"})", 400, "/query"},
        {R"({"action":"hold"})", 400, "/query"},
        {R"({"query":"","devices":[")" + kId + R"("],"action":"hold"})", 400, "/query"},
        {R"({"devices":[],"action":"hold"})", 400, "/devices"},
        {R"({"devices":["x"],"action":"hold"})", 400, "/devices/0"},
        {R"({"query":""})", 400, "action"},
        {R"({"query":"","action":"explode"})", 400, "/action"},
        {R"({"query":"","action":"hold","facts":{"owner":"x"}})", 400, "/facts"},
        {R"({"query":"","action":"set"})", 400, "/facts"},
        {R"({"query":"","action":"set","facts":{"owner":"a\u0007b"}})", 400, "/facts/owner"},
        {R"({"query":"","action":"move"})", 400, "/group"},
        {R"({"query":"","action":"retire","group":null})", 400, "/group"},
        {R"({"query":"","action":"hold","stamp":"1.0"})", 400, "stamp"},
        {R"({"query":"","action":"hold","odd":1})", 400, "odd"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.body);
        const auto response = ask(server, Method::post, "/api/v1/devices/bulk/preview", one.body);
        CHECK(response.status == one.status);
        CHECK(body_of(response).find(one.said) != std::string::npos);
    }
    CHECK(server.edits.calls.size() == 7);
}

TEST_CASE("a bulk action is done only with the stamp of a preview") {
    Server server;
    const std::string hold = R"({"query":"","action":"hold")";
    CHECK(ask(server, Method::post, "/api/v1/devices/bulk", hold + "}").status == 400);
    CHECK(ask(server, Method::post, "/api/v1/devices/bulk", hold + R"(,"stamp":7})").status == 400);
    CHECK(server.edits.calls.empty());
    CHECK(ask(server, Method::post, "/api/v1/devices/bulk", hold + R"(,"stamp":"7.ab","why":"w"})").status ==
          200);
    CHECK(server.edits.calls.size() == 1);
}

TEST_CASE("a device takes another's place only with the stamp of a preview") {
    Server server;
    const std::string place = "/api/v1/devices/" + kId + "/actions/replace", by = R"({"by":")" + kId + "\"";
    CHECK(ask(server, Method::post, place + "/preview", by + "}").status == 200);
    for (const std::string& body :
         {std::string("{}"), std::string(R"({"by":"none"})"), by + R"(,"stamp":"ab"})"})
        CHECK(ask(server, Method::post, place + "/preview", body).status == 400);
    CHECK(ask(server, Method::post, place, by + "}").status == 400);
    CHECK(ask(server, Method::post, place, by + R"(,"stamp":"ab","also":1})").status == 400);
    CHECK(ask(server, Method::post, place, by + R"(,"stamp":"ab","why":"w"})").status == 200);
    REQUIRE(server.edits.calls.size() == 2);
    CHECK(server.edits.calls.back().find("replace " + kId + " " + kId + " ab w") != std::string::npos);
}

TEST_CASE("edits are listed by kind, and undone with or without a reason") {
    Server server;
    CHECK(ask(server, Method::get, "/api/v1/edits?kind=bulk", "").status == 200);
    CHECK(ask(server, Method::get, "/api/v1/edits?kind=odd", "").status == 400);
    CHECK(ask(server, Method::get, "/api/v1/edits/none", "").status == 404);
    CHECK(ask(server, Method::post, "/api/v1/edits/" + kId + "/actions/undo", "").status == 200);
    CHECK(ask(server, Method::post, "/api/v1/edits/" + kId + "/actions/undo", R"({"why":"wrong ones"})")
              .status == 200);
    CHECK(ask(server, Method::post, "/api/v1/edits/" + kId + "/actions/cancel", R"({"why":"wrong ones"})")
              .status == 200);
    CHECK(server.edits.calls.size() == 4);
}
