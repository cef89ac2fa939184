// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "fakes.hpp"

#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::header_of;
using api::test::Server;
using ports::Method;

namespace {

json::Value parsed(const ports::HttpResponse& response) {
    return json::parse(body_of(response), {.floats = true}).value();
}
ports::HttpResponse save(Server& server, const std::string& body) {
    return server.ask(server.admin, Method::post, "/api/v1/views", body);
}

} // namespace

TEST_CASE("a list shows what its view says, and what is asked beside it comes first") {
    Server server;
    REQUIRE(
        save(server, R"({"name":"late","list":"devices","query":"kev or site = a","sort":"-name"})").status ==
        201);
    struct Case {
        const char* address;
        const char* query;
        DeviceSort sort;
    };
    const Case cases[] = {
        {"/api/v1/devices?view=late", "kev or site = a", DeviceSort::name},
        {"/api/v1/devices?view=late&sort=model", "kev or site = a", DeviceSort::model},
        {"/api/v1/devices?view=late&query=site = b or kev", "(site = b or kev) and (kev or site = a)",
         DeviceSort::name},
        {"/api/v1/devices?query=&view=late", "kev or site = a", DeviceSort::name},
        {"/api/v1/devices?query=site =&view=late", "site =", DeviceSort::name},
    };
    for (const Case& each : cases) {
        CAPTURE(each.address);
        server.ask(server.admin, Method::get, each.address);
        CHECK(server.devices.asked_query == each.query);
        CHECK(server.devices.asked_sort == each.sort);
    }
    const auto unknown = server.ask(server.admin, Method::get, "/api/v1/devices?view=other");
    CHECK(unknown.status == 404);
    CHECK(parsed(unknown).string_at("where").value() == "view");
    CHECK(server.ask(server.admin, Method::get, "/api/v1/groups?view=late").status == 400);
}

TEST_CASE("what a list refuses is not kept") {
    Server server;
    struct Case {
        const char* body;
        const char* where;
    };
    const Case cases[] = {
        {R"({"name":"x","list":"devices","sort":"colour"})", "sort"},
        {R"({"name":"x","list":"advisories","only":"some"})", "only"},
        {R"({"name":"x","list":"devices","search":"a"})", "/search"},
        {R"({"name":"x","list":"groups"})", "/list"},
        {R"({"name":"x","list":"devices/facets"})", "/list"},
        {R"({"name":"x","list":"devices","columns":["<b>"]})", "/columns/0"},
        {R"({"name":"x","list":"devices","colour":"red"})", "/colour"},
        {R"({"name":"","list":"devices"})", "/name"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.body);
        const auto refused = save(server, each.body);
        CHECK(refused.status == 400);
        CHECK(parsed(refused).string_at("where").value() == each.where);
    }
    CHECK(parsed(server.ask(server.admin, Method::get, "/api/v1/views")).find("items")->size() == 0);
}

TEST_CASE("a change keeps what it does not name, and knows from which version it was made") {
    Server server;
    const auto made = save(
        server, R"({"name":"late","list":"devices","query":"kev","sort":"name","columns":["model","site"]})");
    REQUIRE(made.status == 201);
    const std::string path = "/api/v1/views/" + parsed(made).string_at("id").value();
    const auto patched = server.ask(server.admin, Method::patch, path, R"({"sort":null,"shared":true})");
    REQUIRE(patched.status == 200);
    const json::Value view = parsed(patched);
    CHECK(view.string_at("query").value() == "kev");
    CHECK(view.find("sort")->is_null());
    CHECK(view.find("columns")->size() == 2);
    CHECK(view.bool_at("shared").value());
    CHECK(view.bool_at("mine").value());
    ports::HttpRequest late = server.request(Method::patch, path, R"({"query":"all"})");
    late.headers.emplace_back("if-match", header_of(made, "ETag"));
    Server::as(late, server.admin);
    CHECK(server.send(std::move(late)).status == 409);
    CHECK(server.ask(server.admin, Method::del, path).status == 204);
    CHECK(server.ask(server.admin, Method::get, path).status == 404);
}

TEST_CASE("a list of devices tells the facts that were asked for, and so many at most") {
    Server server;
    const auto listed =
        parsed(server.ask(server.admin, Method::get, "/api/v1/devices?facts=timezone,cadence"));
    CHECK(server.devices.asked_facts == std::vector<std::string>{"timezone", "cadence"});
    const json::Value first = *listed.find("items")->items().begin();
    CHECK(first.find("facts")->string_at("timezone").value() == "known");
    const auto plain = parsed(server.ask(server.admin, Method::get, "/api/v1/devices"));
    CHECK_FALSE(plain.find("items")->items().begin()->find("facts"));
    std::string many = "a";
    for (int i = 0; i < 32; ++i)
        many += ",a";
    for (const std::string& wrong : {many, std::string("a,,b"), std::string(65, 'a')}) {
        const auto refused = server.ask(server.admin, Method::get, "/api/v1/devices?facts=" + wrong);
        CHECK(refused.status == 400);
        CHECK(parsed(refused).string_at("where").value() == "facts");
    }
}
