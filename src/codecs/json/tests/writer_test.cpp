// SPDX-License-Identifier: Apache-2.0
#include <json/canonical.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace oakum;

TEST_CASE("the writer puts commas and escapes where they belong") {
    std::string out;
    json::Writer writer(out);
    writer.begin_object()
        .member("text", "a\"b\\c\n\x01\x7F\u00e9")
        .member("none", std::optional<std::string>())
        .member("some", std::optional<int>(-3))
        .member("yes", true)
        .member("big", std::numeric_limits<std::uint64_t>::max())
        .member("half", 0.5)
        .member("nan", std::numeric_limits<double>::quiet_NaN())
        .key("list")
        .begin_array()
        .value(1)
        .value("two")
        .begin_object()
        .end_object()
        .begin_array()
        .end_array()
        .null()
        .raw("{\"r\":1}")
        .end_array();
    CHECK_FALSE(writer.complete());
    writer.end_object();
    CHECK(writer.complete());
    CHECK(
        out ==
        "{\"text\":\"a\\\"b\\\\c\\n\\u0001\x7F\u00e9\",\"some\":-3,\"yes\":true,\"big\":18446744073709551615,"
        "\"half\":0.5,\"nan\":null,\"list\":[1,\"two\",{},[],null,{\"r\":1}]}");
    CHECK(json::parse(out, {.floats = true}).ok());
}

TEST_CASE("text that is not UTF-8 is written as replacement characters") {
    std::string out;
    json::append_quoted(out, "a\xFF\u00e9\xE2\x82");
    CHECK(out == "\"a\uFFFD\u00e9\uFFFD\uFFFD\"");
}

TEST_CASE("what is written reads back") {
    std::string text;
    for (int c = 1; c < 0x80; ++c)
        text += static_cast<char>(c);
    text += "\u0416\u4e2d\U0001F600";
    std::string out;
    json::Writer(out).begin_object().member(text, text).end_object();
    const auto root = json::parse(out);
    REQUIRE(root.ok());
    CHECK(root->string_at(text).value() == text);
}

TEST_CASE("canonical JSON sorts by code point and escapes nothing but quote and backslash") {
    // U+FF5E sorts before U+1F600 by code point, after it by UTF-16 unit.
    const auto root = json::parse("{ \"\\ud83d\\ude00\":1, \"\\uff5e\":2, \"b\":[true,null,-5],"
                                  " \"a\":\"line\\nquote\\\" back\\\\ slash\\/ \\u0041\\u0007\", \"\":{} }");
    REQUIRE(root.ok());
    CHECK(json::canonical(*root).value() == "{\"\":{},\"a\":\"line\nquote\\\" back\\\\ slash/ A\a\","
                                            "\"b\":[true,null,-5],\"\uff5e\":2,\"\U0001F600\":1}");
}

TEST_CASE("canonical JSON refuses a number that is not whole and names it") {
    const auto root = json::parse("{\"a\":[1,1.5]}", {.floats = true});
    REQUIRE(root.ok());
    CHECK(json::canonical(*root).error().where == "/a/1");
}
