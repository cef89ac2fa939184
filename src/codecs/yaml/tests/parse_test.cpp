// SPDX-License-Identifier: Apache-2.0
#include <yaml/parse.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using yaml::Mark;
using yaml::Node;

namespace {

std::vector<Node> good(std::string_view text) {
    auto parsed = yaml::parse(text);
    if (const auto* wrong = std::get_if<yaml::Wrong>(&parsed)) FAIL(wrong->what);
    return std::get<std::vector<Node>>(std::move(parsed));
}
yaml::Wrong bad(std::string_view text, const yaml::Limits& limits = {}) {
    auto parsed = yaml::parse(text, limits);
    REQUIRE(std::holds_alternative<yaml::Wrong>(parsed));
    return std::get<yaml::Wrong>(parsed);
}

} // namespace

TEST_CASE("a document is mappings, lists and text, each with its place") {
    const auto all =
        good("# a plan\nname: spring\nwaves:\n  - name: canary\n    share: 5\n  - {name: \"rest\"}\n");
    REQUIRE(all.size() == 1);
    const Node& plan = all.front();
    CHECK(plan.find("name")->text == "spring");
    CHECK(plan.find("name")->mark == Mark{2, 7});
    CHECK(plan.find("nothing") == nullptr);
    const Node& waves = *plan.find("waves");
    REQUIRE(waves.items.size() == 2);
    CHECK(waves.items[0].find("share")->mark == Mark{5, 12});
    CHECK(waves.items[0].find("share")->plain);
    CHECK_FALSE(waves.items[1].find("name")->plain);
    CHECK(waves.items[1].names[0].mark == Mark{6, 6});
}

TEST_CASE("columns count characters, and a byte order mark is none") {
    CHECK(good("{\xC3\xA4: x}").front().find("\xC3\xA4")->mark == Mark{1, 5});
    CHECK(good("\xEF\xBB\xBFname: x").front().names[0].mark == Mark{1, 1});
}

TEST_CASE("what YAML 1.1 takes for something else stays the text that stands there") {
    for (const char* text :
         {"no", "on", "y", "1:30", "010", "0x1F", "1_000", "2026-01-05", "~", "null", ".inf", "1e3"})
        CHECK(good(std::string("a: ") + text).front().find("a")->text == text);
    CHECK(good("<<: x").front().names[0].text == "<<");
}

TEST_CASE("a file has documents; empty ones are none") {
    CHECK(good("").empty());
    CHECK(good(std::string_view()).empty());
    CHECK(good("# nothing\n").empty());
    const auto all = good("---\na: 1\n---\n---\nb: |\n  two\n  lines\n...\n");
    REQUIRE(all.size() == 2);
    CHECK(all[1].find("b")->text == "two\nlines\n");
    CHECK(all[1].mark.line == 5);
}

TEST_CASE("what hides what a file says, or what cannot be kept, is refused where it stands") {
    const struct {
        std::string_view text;
        Mark mark;
        std::string_view says;
    } rows[] = {
        {"a: &x 1\nb: *x", {1, 4}, "anchors"},
        {"b: *x", {1, 4}, "aliases"},
        {"a: !!str 1", {1, 4}, "tags"},
        {"a: !x {b: 1}", {1, 4}, "tags"},
        {"- !x [1]", {1, 3}, "tags"},
        {"%YAML 1.1\n---\na: 1", {1, 1}, "%"},
        {"a: 1\nb: 2\na: 3", {3, 1}, "\"a\" stands in line 1 already"},
        {"a: 1\n\"a\": 3", {2, 1}, "already"},
        {"{a: {b: 1, b: 2}}", {1, 12}, "already"},
        {"? [a]\n: b", {1, 3}, "a name here is a word"},
        {"a: \"\\0\"", {1, 4}, "cannot be kept"},
        {"a:\n\tb: 1", {2, 1}, "not with tabs"},
        {"a: b: c", {1, 5}, "not YAML"},
        {"a: [1, 2\nb: 3", {2, 2}, "begins in line 1"},
        {"a: \"open", {1, 9}, "not YAML"},
        {"a: 1\nb: \xFF", {2, 1}, "not UTF-8"},
        {"a: 1\nb: \x01", {2, 1}, "does not allow"},
    };
    for (const auto& row : rows) {
        const yaml::Wrong wrong = bad(row.text);
        CAPTURE(row.text);
        CHECK(wrong.mark.line == row.mark.line);
        CHECK(wrong.mark.column == row.mark.column);
        CHECK_MESSAGE(wrong.what.find(row.says) != std::string::npos, wrong.what);
    }
}

TEST_CASE("bytes, depth, values and documents are bounded") {
    CHECK(bad(std::string(1025, ' '), {.max_bytes = 1024}).what.find("1024 bytes") != std::string::npos);
    CHECK(bad("[[[[1]]]]", {.max_depth = 3}).what.find("3 deep") != std::string::npos);
    CHECK(std::holds_alternative<std::vector<Node>>(yaml::parse("[[[1]]]", {.max_depth = 3})));
    CHECK(bad("[1, 2, 3, 4]", {.max_values = 4}).what.find("4 values") != std::string::npos);
    CHECK(std::holds_alternative<std::vector<Node>>(yaml::parse("[1, 2, 3]", {.max_values = 4})));
    CHECK(bad("a\n---\nb\n---\nc", {.max_documents = 2}).mark.line == 5);
    CHECK(bad(std::string(1 << 20, '[')).what.find("32 deep") != std::string::npos);
    CHECK(bad(std::string(1 << 20, '{')).what.find("32 deep") == std::string::npos);
}
