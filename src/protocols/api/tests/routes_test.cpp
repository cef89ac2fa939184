// SPDX-License-Identifier: Apache-2.0
#include "openapi.hpp"
#include "routes.hpp"

#include <doctest/doctest.h>
#include <json/parse.hpp>

#include <map>
#include <set>

using namespace oakum;
using namespace oakum::api;

namespace {

json::Value document() {
    return json::parse(openapi_document(),
                       {.max_bytes = 4 << 20, .max_depth = 32, .max_values = 200'000, .floats = true})
        .value();
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return result;
}

std::map<std::string, json::Value> operations() {
    std::map<std::string, json::Value> all;
    const json::Value paths = document().at("paths").value();
    for (const json::Value& path : paths.items())
        for (const json::Value& operation : path.items())
            all.emplace(std::string(operation.key()) + " " + std::string(path.key()), operation);
    return all;
}

// The names of an operation's query parameters, with shared ones resolved.
std::set<std::string> query_parameters(const json::Value& operation) {
    std::set<std::string> names;
    const auto list = operation.find("parameters");
    if (!list) return names;
    const json::Value shared = document().at("components")->at("parameters").value();
    for (json::Value parameter : list->items()) {
        if (const auto ref = parameter.find("$ref"))
            parameter =
                shared.at(ref->text().substr(std::string_view("#/components/parameters/").size())).value();
        if (parameter.at("in")->text() == "query") names.emplace(parameter.at("name")->text());
    }
    return names;
}

std::set<std::string> words(std::string_view text) {
    std::set<std::string> result;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        result.emplace(text.substr(0, space));
        text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    }
    return result;
}

std::set<std::string> body_types(Body body) {
    switch (body) {
    case Body::none:
        return {};
    case Body::json:
    case Body::optional_json:
        return {"application/json"};
    case Body::sbom:
        return {"application/json", "application/vnd.cyclonedx+json", "application/spdx+json",
                "application/vnd.cyclonedx+xml", "application/xml"};
    case Body::file:
        return {"application/xml", "text/csv", "text/plain"};
    case Body::stream:
        return {"application/octet-stream"};
    }
    return {};
}

} // namespace

TEST_CASE("each route stands in the document, and each operation of the document is a route") {
    const auto documented = operations();
    std::set<std::string> served;
    for (const Route& route : routes()) {
        const std::string name = lower(to_string(route.method)) + " " + std::string(route.path);
        CAPTURE(name);
        CHECK(served.insert(name).second);
        CHECK(documented.contains(name));
    }
    for (const auto& [name, operation] : documented) {
        CAPTURE(name);
        CHECK(served.contains(name));
    }
}

TEST_CASE("a route's permission, parameters, body and limit are the document's") {
    const auto documented = operations();
    for (const Route& route : routes()) {
        const std::string name = lower(to_string(route.method)) + " " + std::string(route.path);
        CAPTURE(name);
        const json::Value& operation = documented.at(name);
        CHECK(operation.at("x-permission")->text() ==
              (route.action ? access::to_string(*route.action) : "public"));
        CHECK(operation.find("security").has_value() == !route.action.has_value());
        CHECK(query_parameters(operation) == words(route.parameters));
        std::set<std::string> types;
        const auto body = operation.find("requestBody");
        if (body) {
            const json::Value content = body->at("content").value();
            for (const json::Value& type : content.items())
                types.emplace(type.key());
            CHECK(*operation.uint_at("x-body-limit") == route.limit);
            CHECK(*body->bool_at("required") == (route.body != Body::optional_json));
        }
        CHECK(types == body_types(route.body));
        CHECK((route.handle == nullptr) == (route.body == Body::stream));
        CHECK((route.open != nullptr) == (route.body == Body::stream));
    }
}

TEST_CASE("whatever changes something asks for more than reading") {
    for (const Route& route : routes()) {
        if (route.method == ports::Method::get || !route.action) continue;
        CAPTURE(route.path);
        CHECK_FALSE(access::to_string(*route.action).ends_with(".read"));
    }
}

TEST_CASE("the permissions of the document are those of the access table") {
    std::set<std::string> documented, known;
    const json::Value words =
        document().at("components")->at("schemas")->at("Permission")->at("enum").value();
    for (const json::Value& word : words.items())
        documented.emplace(word.text());
    for (const access::Rule& rule : access::rules())
        known.emplace(rule.name);
    CHECK(documented == known);
}

TEST_CASE("a path finds its route, and what is named exactly wins over an id") {
    const auto found = [](ports::Method method, std::string_view path) {
        const Found result = find_route(method, path);
        return result.route ? std::string(result.route->path) : std::string();
    };
    CHECK(found(ports::Method::get, "/api/v1/devices") == "/api/v1/devices");
    CHECK(found(ports::Method::get, "/api/v1/devices/facets") == "/api/v1/devices/facets");
    CHECK(found(ports::Method::get, "/api/v1/devices/01jd2m6c7g3v8x0w5n4t9r1k2p") == "/api/v1/devices/{id}");
    CHECK(found(ports::Method::head, "/api/v1/devices") == "/api/v1/devices");
    CHECK(find_route(ports::Method::get, "/api/v1/devices/abc").path == std::vector<std::string>{"abc"});
    for (const char* nothing : {"", "/", "devices", "/api/v1/devices/", "/api/v1//devices",
                                "/api/v1/devices/a/b", "/API/v1/devices", "/api/v1/nothing"})
        CHECK(found(ports::Method::get, nothing).empty());
    CHECK(found(ports::Method::get, "/api/v1/" + std::string(600, 'x')).empty());
}

TEST_CASE("a method that an address does not know is told which it does") {
    const Found found = find_route(ports::Method::del, "/api/v1/users");
    CHECK(found.route == nullptr);
    CHECK(found.allow == "GET, POST");
    CHECK(find_route(ports::Method::post, "/api/v1/devices/import").allow == "POST");
    CHECK(find_route(ports::Method::patch, "/api/v1/devices/import").route == nullptr);
}
