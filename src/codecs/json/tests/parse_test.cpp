// SPDX-License-Identifier: Apache-2.0
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace oakum;
using json::parse;

TEST_CASE("what strict JSON refuses is refused with its place") {
    struct Row {
        std::string text, where;
    };
    const Row rows[] = {
        {"", "line 1, column 1"},
        {" ", "line 1, column 2"},
        {"\xEF\xBB\xBF{}", "line 1, column 1"},
        {"{} x", "line 1, column 4"},
        {"{}{}", "line 1, column 3"},
        {"{\"a\":1,\n \"a\":2}", "line 2, column 2"},
        {"{\"a\":1,\"\\u0061\":2}", "line 1, column 8"},
        {"{\"a\":1,}", "line 1, column 8"},
        {"[1,]", "line 1, column 4"},
        {"[1 2]", "line 1, column 4"},
        {"{\"a\" 1}", "line 1, column 6"},
        {"{a:1}", "line 1, column 2"},
        {"{'a':1}", "line 1, column 2"},
        {"[01]", "line 1, column 2"},
        {"[1.]", "line 1, column 4"},
        {"[.5]", "line 1, column 2"},
        {"[+1]", "line 1, column 2"},
        {"[-]", "line 1, column 3"},
        {"[-0]", "line 1, column 2"},
        {"[1.0]", "line 1, column 2"},
        {"[1e3]", "line 1, column 2"},
        {"[18446744073709551616]", "line 1, column 2"},
        {"[-9223372036854775809]", "line 1, column 2"},
        {"[NaN]", "line 1, column 2"},
        {"[tru]", "line 1, column 2"},
        {"[\"abc]", "line 1, column 2"},
        {"[\"a\tb\"]", "line 1, column 4"},
        {"[\"\\x41\"]", "line 1, column 3"},
        {"[\"\\u12\"]", "line 1, column 3"},
        {"[\"\\u+123\"]", "line 1, column 3"},
        {"[\"\\u0000\"]", "line 1, column 3"},
        {"[\"\\ud800\"]", "line 1, column 3"},
        {"[\"\\ud800\\u0041\"]", "line 1, column 3"},
        {"[\"\\udc00\\ud800\"]", "line 1, column 3"},
        {"[\"\\", "line 1, column 3"},
        {"[\"\xC0\xAF\"]", "line 1, column 2"},
        {"[\"\xED\xA0\x80\"]", "line 1, column 2"},
        {"[\"\\n\xFF\"]", "line 1, column 2"},
        {std::string("[1]\0", 4), "line 1, column 4"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto result = parse(row.text);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().kind == base::ErrorKind::invalid);
        CHECK(result.error().where == row.where);
    }
}

TEST_CASE("integers are exact to the ends of 64 bits") {
    const auto root =
        parse("[9223372036854775807,-9223372036854775808,18446744073709551615,0,9007199254740993]");
    REQUIRE(root.ok());
    auto item = root->items().begin();
    CHECK(item->as_int().value() == INT64_MAX);
    CHECK((++item)->as_int().value() == INT64_MIN);
    CHECK_FALSE(item->as_uint().ok());
    CHECK((++item)->type() == json::Type::natural);
    CHECK(item->as_uint().value() == UINT64_MAX);
    CHECK_FALSE(item->as_int().ok());
    CHECK((++item)->as_int().value() == 0);
    CHECK((++item)->as_int().value() == 9007199254740993);
    CHECK(item->as_int(0, 10).error().where == "/4");
}

TEST_CASE("floats are read only where they are allowed") {
    const json::Limits floats{.floats = true};
    const auto root = parse("[0.5,-1e3,1,-0,18446744073709551616]", floats);
    REQUIRE(root.ok());
    auto item = root->items().begin();
    CHECK(item->as_double().value() == 0.5);
    CHECK_FALSE(item->as_int().ok());
    CHECK((++item)->as_double().value() == -1000);
    CHECK((++item)->as_double().value() == 1);
    CHECK(item->as_int().value() == 1);
    CHECK((++item)->type() == json::Type::real);
    CHECK((++item)->as_double().value() == 18446744073709551616.0);
    CHECK_FALSE(parse("[1e999]", floats).ok());
    CHECK_FALSE(parse("[1e-999]", floats).ok());
}

TEST_CASE("size, depth and count are bounded") {
    CHECK(parse("[[[]]]", {.max_depth = 3}).ok());
    CHECK(parse("[[[]]]", {.max_depth = 2}).error().kind == base::ErrorKind::too_large);
    CHECK(parse("[1,2,3]", {.max_values = 4}).ok());
    CHECK(parse("[1,2,3]", {.max_values = 3}).error().kind == base::ErrorKind::too_large);
    CHECK(parse("[1,2,3]", {.max_bytes = 6}).error().kind == base::ErrorKind::too_large);
    const std::string deep(1'000'000, '[');
    CHECK(parse(deep, {.max_depth = 1'000'000}).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("escapes decode and the received bytes stay at hand") {
    const std::string text = R"( { "k\u0065y" : "a\n\"\/\\\u00e9\ud83d\ude00" , "n" : [ 1 , {"x":true} ] } )";
    const auto root = parse(text);
    REQUIRE(root.ok());
    CHECK(root->string_at("key").value() == "a\n\"/\\\u00e9\U0001F600");
    CHECK(root->find("key")->source() == R"("a\n\"\/\\\u00e9\ud83d\ude00")");
    CHECK(root->find("n")->source() == R"([ 1 , {"x":true} ])");
    CHECK(root->source() == text.substr(1, text.size() - 2));
    CHECK(text.substr(root->find("n")->offset(), 1) == "[");
}

TEST_CASE("getters name the place of what is missing or wrong") {
    const auto root =
        parse(R"({"signed":{"roles":[{"name":"root"},{"name":7}],"a/b~c":{"x":null}},"big":"12345"})");
    REQUIRE(root.ok());
    const auto inner = root->object_at("signed");
    REQUIRE(inner.ok());
    const auto roles = inner->array_at("roles", 2);
    REQUIRE(roles.ok());
    std::string places;
    for (const json::Value& role : roles->items()) {
        if (const auto name = role.string_at("name"); !name.ok()) places += name.error().text();
    }
    CHECK(places == "a string is wanted here, not a whole number (at /signed/roles/1/name)");
    CHECK(inner->object_at("a/b~c")->string_at("x").error().where == "/signed/a~1b~0c/x");
    CHECK(inner->object_at("a/b~c")->optional_string_at("x").value() == std::nullopt);
    CHECK(inner->object_at("a/b~c")->optional_string_at("y").value() == std::nullopt);
    CHECK(root->int_at("nope").error().text() == "\"nope\" is missing");
    CHECK(inner->int_at("nope").error().where == "/signed");
    CHECK(root->string_at("big", 4).error().kind == base::ErrorKind::too_large);
    CHECK(inner->array_at("roles", 1).error().kind == base::ErrorKind::too_large);
    CHECK_FALSE(root->optional_int_at("big").ok());
    CHECK(root->only({"signed", "big"}).ok());
    CHECK(root->only({"signed"}).error().where == "/big");
    CHECK_FALSE(root->find("big")->at("x").ok());
    CHECK_FALSE(root->find("big")->optional_bool_at("x").ok());
}

TEST_CASE("repeated names are found among many members too") {
    for (const std::size_t count : {3UL, 15UL, 16UL, 17UL, 18UL, 200UL}) {
        std::string text = "{";
        for (std::size_t i = 0; i < count; ++i)
            text += "\"m" + std::to_string(i) + "\":{\"m0\":[1]},";
        CHECK(parse(text + "\"last\":1}").ok());
        for (const std::size_t again : {std::size_t{0}, count / 2, count - 1})
            CHECK_FALSE(parse(text + "\"m" + std::to_string(again) + "\":1}").ok());
    }
}

TEST_CASE("a value outlives the text and the handle it came from") {
    const json::Value kept = [] {
        const std::string text = "[{\"name\":\"a value that is long enough to live on the heap\"}]";
        return *parse(text)->items().begin();
    }();
    CHECK(kept.string_at("name").value() == "a value that is long enough to live on the heap");
}
