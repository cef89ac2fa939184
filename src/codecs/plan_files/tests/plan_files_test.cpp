// SPDX-License-Identifier: Apache-2.0
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <plan_files/plan_files.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

using namespace oakum;
using plan_files::File;
using yaml::Mark;

namespace {

constexpr std::string_view kPlan = R"(# what we do in spring
kind: rollout
name: spring
release: gateway@1.5.0
query: site = "Kiel"
waves:
  - name: canary
    share_ppm: 50000
    gate: {minimum: 3, tolerated_failure_ppm: 20000, soak_seconds: 60}
  - name: rest
    share_ppm: 1000000
---
kind: window
name: nights
times:
  - start: 2026-01-05T02:00
    minutes: 180
---
kind: budget
name: pairs
by: [site, tag.role]
devices: 1
)";

std::string text_at(const json::Value& value, std::string_view name) {
    return std::string(value.find(name)->text());
}

json::Value file_at(const std::string& path) {
    std::ifstream file(std::string(OAKUM_SOURCE_DIR) + path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return json::parse(text, {.max_bytes = 8 << 20, .floats = true}).value();
}

} // namespace

TEST_CASE("a file is read as its documents, with what they leave out") {
    const File file = plan_files::read(kPlan);
    REQUIRE(file.problems.empty());
    REQUIRE(file.documents.size() == 3);
    const plan_files::Document& rollout = file.documents[0];
    CHECK(rollout.kind == "rollout");
    CHECK(rollout.name == "spring");
    CHECK(
        rollout.body.source() ==
        R"({"kind":"rollout","name":"spring","release":"gateway@1.5.0","query":"site = \"Kiel\"","care":"normal",)"
        R"("waves":[{"name":"canary","share_ppm":50000,"gate":{"minimum":3,"tolerated_failure_ppm":20000,)"
        R"("halt_error_ppm":10000,"proceed_error_ppm":50000,"hard_stop":0,"unproven":"ask","soak_seconds":60}},)"
        R"({"name":"rest","share_ppm":1000000}],"max_attempts":3,"rollback_on_halt":false,"priority":"normal"})");
    CHECK(rollout.place("/waves/1/share_ppm") == Mark{11, 16});
    CHECK(rollout.place("/waves/0/gate/minimum") == Mark{9, 21});
    CHECK(rollout.place("/waves/1/gate/minimum") == Mark{10, 5}); // is not there: what is around it
    CHECK(rollout.place("/soak_seconds") == Mark{2, 1});
    CHECK(text_at(file.documents[1].body, "zone_if_unknown") == "UTC");
    CHECK(file.documents[2].body.find("by")->size() == 2);
}

TEST_CASE("what is wrong is said with its place and with what would be right") {
    const struct {
        std::string_view text;
        Mark mark;
        std::string_view says;
    } rows[] = {
        {"name: x", {1, 1}, "begins with \"kind: ...\", which is rollout, window, freeze or budget"},
        {"kind: rolout\nname: x", {1, 7}, "not \"rolout\""},
        {"- a", {1, 1}, "begins with \"kind: ...\""},
        {"kind: rollout\nname: x", {1, 1}, "a rollout needs \"release\": NAME@VERSION"},
        {"kind: rollout\nname: x\nrelease: r\nwavs: []",
         {4, 1},
         "a rollout has no \"wavs\"; it has kind, name"},
        {"kind: rollout\nname: x\nrelease: r\nwaves: all", {4, 8}, "\"waves\" is a list"},
        {"kind: rollout\nname: x\nrelease: r\nwaves: []", {4, 8}, "has 1 to 16 items, not 0"},
        {"kind: rollout\nname: x\nrelease: r\nwaves:\n  - all", {5, 5}, "an item of \"waves\" is a mapping"},
        {"kind: rollout\nname: x\nrelease: r\nwaves:\n  - share_ppm: 5", {5, 5}, "needs \"name\""},
        {"kind: rollout\nname: x\nrelease: r\nwaves:\n  - name: a\n    share_ppm: 5%",
         {6, 16},
         "a whole number from 1 to 1000000, not \"5%\""},
        {"kind: rollout\nname: x\nrelease: r\nmax_attempts: 0x2", {4, 15}, "not \"0x2\""},
        {"kind: rollout\nname: x\nrelease: r\nmax_attempts: 02", {4, 15}, "not \"02\""},
        {"kind: rollout\nname: x\nrelease: r\nmax_attempts: \"2\"", {4, 15}, "without quotes"},
        {"kind: rollout\nname: x\nrelease: r\nmax_attempts: 21", {4, 15}, "from 1 to 20, not 21"},
        {"kind: rollout\nname: x\nrelease: r\nmax_attempts: 99999999999999999999", {4, 15}, "from 1 to 20"},
        {"kind: rollout\nname: x\nrelease: r\nsoak_seconds: 1:30", {4, 15}, "not \"1:30\""},
        {"kind: rollout\nname: x\nrelease: r\nrollback_on_halt: yes",
         {4, 19},
         "is true or false, not \"yes\""},
        {"kind: rollout\nname: x\nrelease: r\ncare: fast", {4, 7}, "careful, normal or urgent, not \"fast\""},
        {"kind: rollout\nname: x\nrelease: r\nquery:", {4, 7}, "has no value"},
        {"kind: rollout\nname: null\nrelease: r", {2, 7}, "put the word in quotes"},
        {"kind: rollout\nname: [a]\nrelease: r", {2, 7}, "is one value, not a list"},
        {"kind: rollout\nname: \"\"\nrelease: r", {2, 7}, "has 1 to 128 characters, not 0"},
        {"kind: budget\nname: Pairs\ndevices: 1", {2, 7}, "only characters of [a-z0-9-]+"},
        {"kind: budget\nname: p\ndevices: 1\n---\nkind: budget\nname: p\ndevices: 2",
         {6, 7},
         "from line 1 on"},
        {"kind: window\nname: p\ntimes: [{start: a, minutes: 1}]\n---\nkind: freeze\nname: p\ntimes: "
         "[{start: a, minutes: 1}]",
         {6, 7},
         "from line 1 on"},
        {"", {1, 1}, "there is no document"},
        {"a: b: c", {1, 5}, "not YAML"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const File file = plan_files::read(row.text);
        REQUIRE(file.problems.size() == 1);
        CHECK(file.problems[0].mark.line == row.mark.line);
        CHECK(file.problems[0].mark.column == row.mark.column);
        CHECK_MESSAGE(file.problems[0].what.find(row.says) != std::string::npos, file.problems[0].what);
    }
}

TEST_CASE("shares rise from wave to wave, and all that is wrong is said, by line") {
    const File file =
        plan_files::read("kind: rollout\nname: x\nrelease: r\nwaves:\n- {name: a, share_ppm: 5}\n"
                         "- {name: b, share_ppm: 5}\n---\nkind: budget\nname: p\nby: x\ndevicez: 1\n");
    REQUIRE(file.problems.size() == 3);
    CHECK(file.problems[0].mark == Mark{6, 24});
    CHECK(file.problems[0].what.find("more than the 5 of the wave before") != std::string::npos);
    CHECK(file.problems[1].mark == Mark{10, 5});
    CHECK(file.problems[2].mark == Mark{11, 1});
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += "---\nkind: nothing\n";
    CHECK(plan_files::read(many).problems.size() == 50);
}

TEST_CASE("a word that YAML 1.1 takes for something else is text where text is wanted") {
    const File file = plan_files::read("kind: rollout\nname: no\nrelease: 1.5\nquery: on\n");
    REQUIRE(file.problems.empty());
    CHECK(file.documents[0].name == "no");
    CHECK(text_at(file.documents[0].body, "release") == "1.5");
    CHECK(text_at(file.documents[0].body, "query") == "on");
}

TEST_CASE("what is written is read as it was") {
    for (const char* text : {"spring",
                             "no",
                             "1.5",
                             "a: b",
                             "x #1",
                             "- x",
                             "",
                             " x",
                             "x ",
                             "K\xC3\xB6ln",
                             "two\nlines",
                             "\"quoted\"",
                             "tab\t",
                             "\x7F",
                             "\xC2\x85",
                             "\xC2\x9F",
                             "\xE2\x80\xA8",
                             "\xE2\x80\xA9",
                             "\xEF\xBB\xBF",
                             "\xEF\xBF\xBF",
                             "\x01",
                             "%x",
                             "@x",
                             "*x",
                             "&x",
                             "!x",
                             "null",
                             "~",
                             "true",
                             "=",
                             "<<",
                             "a\\nb",
                             "\xF0\x9F\x8C\xB3"}) {
        CAPTURE(text);
        std::string source;
        json::append_quoted(source, text);
        source = R"({"kind":"rollout","name":"x","release":"r","query":)" + source +
                 R"(,"care":"normal","max_attempts":3,"rollback_on_halt":false,"priority":"normal"})";
        const File file = plan_files::read(plan_files::write(json::parse(source).value()));
        REQUIRE(file.problems.empty());
        CHECK(file.documents.at(0).body.source() == source);
    }
    for (const plan_files::Document& document : plan_files::read(kPlan).documents) {
        const File again = plan_files::read(plan_files::write(document.body));
        REQUIRE(again.problems.empty());
        CHECK(again.documents.at(0).body.source() == document.body.source());
    }
}

TEST_CASE("a written plan looks as a person would write it") {
    CHECK(
        plan_files::write(
            json::parse(
                R"({"kind":"rollout","release":"gateway@1.5.0","query":"site = \"x\"","by":[],"waves":[{"name":"rest","gate":{"minimum":1}},{"name":"no"}],"on":["a","1"]})")
                .value()) == R"(kind: rollout
release: gateway@1.5.0
query: "site = \"x\""
by: []
waves:
  - name: rest
    gate:
      minimum: 1
  - name: "no"
on:
  - a
  - "1"
)");
}

// ---- the schema is what is published, what the reader takes, and what the REST interface takes

namespace {

constexpr std::array<std::string_view, 17> kUnderstood{
    "$schema", "title",      "description", "oneOf",    "$defs",   "$ref",
    "type",    "properties", "required",    "items",    "enum",    "minimum",
    "maximum", "minLength",  "maxLength",   "minItems", "maxItems"};

void check_words(const json::Value& schema) {
    for (const json::Value& word : schema.items()) {
        const std::string_view key = word.key();
        CAPTURE(std::string(key));
        if (key == "additionalProperties") {
            CHECK_FALSE(word.as_bool().value());
        } else if (key == "properties" || key == "$defs") {
            for (const json::Value& each : word.items())
                check_words(each);
        } else if (key == "items") {
            check_words(word);
        } else if (key != "default" && key != "pattern") {
            CHECK(std::ranges::find(kUnderstood, key) != kUnderstood.end());
        }
    }
}

// Each word that bounds a value is the same on both sides.
void check_same(const json::Value& own, const json::Value& api, const std::string& place) {
    for (const char* word : {"type", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems",
                             "maxItems", "enum"}) {
        CAPTURE(place + " " + word);
        const auto ours = own.find(word), theirs = api.find(word);
        REQUIRE(ours.has_value() == theirs.has_value());
        if (!ours) continue;
        REQUIRE(ours->size() == theirs->size());
        if (!ours->is_array()) {
            CHECK(ours->source() == theirs->source());
            continue;
        }
        auto mine = ours->items().begin();
        for (const json::Value& each : theirs->items()) {
            CHECK(mine->text() == each.text());
            ++mine;
        }
    }
}

void check_object(const json::Value& own, const json::Value& api, const std::string& name) {
    std::vector<std::string> ours, theirs;
    for (const json::Value& property : own.find("properties")->items()) {
        const std::string key(property.key());
        if (key == "kind") continue;
        ours.push_back(key);
        const auto found = api.find("properties")->find(key);
        CAPTURE(name + "/" + key);
        REQUIRE(found.has_value());
        if (property.find("$ref") || key == "release") continue; // a release is named, or its id
        check_same(property, *found, name + "/" + key);
        if (const auto items = property.find("items"); items && !items->find("$ref"))
            check_same(*items, *found->find("items"), name + "/" + key + "/items");
    }
    for (const json::Value& property : api.find("properties")->items())
        // A file names the level that a floor asks for as its release.
        if (property.key() != "kind" && property.key() != "floor") theirs.emplace_back(property.key());
    std::ranges::sort(ours);
    std::ranges::sort(theirs);
    CHECK(ours == theirs);
    ours.clear();
    theirs.clear();
    for (const json::Value& each : own.find("required")->items())
        if (each.text() != "kind" && each.text() != "release") ours.emplace_back(each.text());
    for (const json::Value& each : api.find("required")->items())
        if (each.text() != "kind") theirs.emplace_back(each.text());
    CHECK(ours == theirs);
}

} // namespace

TEST_CASE("the reader understands every word of the schema that is published") {
    const json::Value schema = file_at("/docs/rollout-plan.schema.json");
    CHECK(schema.source() == json::parse(plan_files::schema()).value().source());
    check_words(schema);
    for (const json::Value& part : schema.find("$defs")->items()) {
        CAPTURE(std::string(part.key()));
        CHECK(part.find("additionalProperties").has_value());
        // What is filled in is what is allowed.
        for (const json::Value& property : part.find("properties")->items())
            if (const auto otherwise = property.find("default"); otherwise && property.find("enum")) {
                bool known = false;
                for (const json::Value& each : property.find("enum")->items())
                    known = known || each.text() == otherwise->text();
                CHECK(known);
            }
    }
}

TEST_CASE("a file may say what the REST interface takes, within the same bounds") {
    const json::Value schema = file_at("/docs/rollout-plan.schema.json");
    const json::Value api = file_at("/src/protocols/api/openapi.json");
    const json::Value parts = *schema.find("$defs"), theirs = *api.find("components")->find("schemas");
    check_object(*parts.find("rollout"), *theirs.find("PlanNew"), "rollout");
    check_object(*parts.find("wave"), *theirs.find("PlanWave"), "wave");
    check_object(*parts.find("gate"), *theirs.find("Gate"), "gate");
    check_object(*parts.find("schedule"), *theirs.find("ScheduleRule"), "schedule");
    check_object(*parts.find("budget"), *theirs.find("BudgetRule"), "budget");
    check_object(*parts.find("times"),
                 *theirs.find("ScheduleRule")->find("properties")->find("times")->find("items"), "times");
}
