// SPDX-License-Identifier: Apache-2.0
#include <schedule_files/rule_json.hpp>

#include <json/parse.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::schedule_files;

namespace {

base::Result<schedule::Rule> read(std::string_view text) {
    return read_rule(json::parse(text).value());
}
std::string where(std::string_view text) {
    const auto rule = read(text);
    return rule.ok() ? "fine" : rule.error().where;
}

} // namespace

TEST_CASE("a rule written out reads back as the same") {
    const auto rule =
        read(R"({"kind":"freeze","name":"year-end","query":"site = Kiel","times":[)"
             R"({"start":"2026-12-20T00:00","minutes":20160},)"
             R"({"start":"2026-01-05T08:00","minutes":600,"rule":"FREQ=WEEKLY;BYDAY=MO,FR"}],)"
             R"("zone":"Europe/Berlin","zone_if_unknown":"Asia/Tokyo","yields_to":"urgent","why":"books"})");
    REQUIRE(rule.ok());
    CHECK(rule->times.size() == 2);
    CHECK(rule->yields_to == schedule::Priority::urgent);
    const auto again = read_rules(write_rules({*rule}));
    REQUIRE(again.ok());
    REQUIRE(again->size() == 1);
    CHECK(again->front() == *rule);
    CHECK(read_rules("").value().empty());
}

TEST_CASE("what is left out has its default") {
    const auto rule =
        read(R"({"kind":"window","name":"n","times":[{"start":"2026-01-05T08:00","minutes":60}]})");
    REQUIRE(rule.ok());
    CHECK(rule->zone_if_unknown == "UTC");
    CHECK_FALSE(rule->yields_to);
}

TEST_CASE("errors name their place") {
    CHECK(where(R"({"kind":"door","name":"n","times":[]})") == "/kind");
    CHECK(where(R"({"kind":"window","name":"n","times":[]})") == "/times");
    CHECK(where(R"({"kind":"window","name":"n","times":[{"start":"now","minutes":1}]})") == "/times/0/start");
    CHECK(where(R"({"kind":"window","name":"n","times":[{"start":"2026-01-05","minutes":0}]})") ==
          "/times/0/minutes");
    CHECK(where(R"({"kind":"window","name":"n","times":[{"start":"2026-01-05","minutes":1,"rule":"X"}]})") ==
          "/times/0/rule");
    CHECK(
        where(
            R"({"kind":"window","name":"n","times":[{"start":"2026-01-05","minutes":576000,"rule":"FREQ=DAILY"}]})") ==
        "/times/0");
    CHECK(
        where(
            R"({"kind":"window","name":"n","yields_to":"normal","times":[{"start":"2026-01-05","minutes":1}]})") ==
        "/yields_to");
    CHECK_FALSE(read(R"({"kind":"window","name":"n","times":[],"colour":"red"})").ok());
}
