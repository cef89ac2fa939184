// SPDX-License-Identifier: Apache-2.0
#include "openapi.hpp"
#include "schema.hpp"

#include <doctest/doctest.h>
#include <json/parse.hpp>

#include <set>

using namespace oakum;

namespace {

json::Value document() {
    return json::parse(api::openapi_document(),
                       {.max_bytes = 4 << 20, .max_depth = 32, .max_values = 200'000, .floats = true})
        .value();
}

void collect_refs(const json::Value& value, std::set<std::string>& refs) {
    for (const json::Value& item : value.items()) {
        if (item.key() == "$ref") refs.emplace(item.text());
        collect_refs(item, refs);
    }
}

} // namespace

TEST_CASE("each reference of the document leads somewhere") {
    const json::Value whole = document();
    std::set<std::string> refs;
    collect_refs(whole, refs);
    CHECK(refs.size() > 100);
    for (const std::string& ref : refs) {
        CAPTURE(ref);
        REQUIRE(ref.starts_with("#/"));
        json::Value at = whole;
        std::string_view rest = std::string_view(ref).substr(2);
        for (;;) {
            const std::size_t slash = rest.find('/');
            const auto next = at.find(rest.substr(0, slash));
            REQUIRE(next);
            at = *next;
            if (slash == std::string_view::npos) break;
            rest = rest.substr(slash + 1);
        }
    }
}

TEST_CASE("each named schema that is an object says what is required, and names it") {
    const json::Value schemas = document().at("components")->at("schemas").value();
    for (const json::Value& schema : schemas.items()) {
        CAPTURE(schema.key());
        const auto required = schema.find("required");
        if (!required) continue;
        for (const json::Value& name : required->items())
            CHECK(schema.at("properties")->find(name.text()));
    }
}

TEST_CASE("request bodies refuse members that they do not know") {
    const json::Value whole = document();
    const json::Value paths = whole.at("paths").value();
    for (const json::Value& path : paths.items())
        for (const json::Value& operation : path.items()) {
            const auto body = operation.find("requestBody");
            if (!body) continue;
            const auto json = body->at("content")->find("application/json");
            const auto ref = json ? json->at("schema")->find("$ref") : std::nullopt;
            if (!ref) continue;
            CAPTURE(ref->text());
            const api::test::Schemas schemas(whole);
            const json::Value schema =
                schemas.named(ref->text().substr(std::string_view("#/components/schemas/").size()));
            CHECK_FALSE(schema.bool_at("additionalProperties").value_or(true));
        }
}

TEST_CASE("operations are named once, tagged, and answer problems") {
    std::set<std::string> ids, tags;
    const json::Value whole = document();
    const json::Value list = whole.at("tags").value();
    for (const json::Value& tag : list.items())
        tags.emplace(tag.at("name")->text());
    const json::Value paths = whole.at("paths").value();
    for (const json::Value& path : paths.items())
        for (const json::Value& operation : path.items()) {
            CAPTURE(path.key());
            CHECK(ids.emplace(operation.at("operationId")->text()).second);
            const json::Value own = operation.at("tags").value();
            for (const json::Value& tag : own.items())
                CHECK(tags.contains(std::string(tag.text())));
            CHECK(operation.at("responses")->at("default").ok());
            CHECK_FALSE(operation.at("summary")->text().empty());
        }
}
