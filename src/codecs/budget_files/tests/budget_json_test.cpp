// SPDX-License-Identifier: Apache-2.0
#include <budget_files/budget_json.hpp>
#include <json/parse.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::budget_files;

namespace {

base::Result<budget::Budget> read(std::string_view text) {
    TRY_VALUE(const json::Value value, json::parse(text, {}));
    return read_budget(value);
}

} // namespace

TEST_CASE("a budget reads as it was written") {
    const std::vector<budget::Budget> all{{"pairs",
                                           "model = GW-1",
                                           {"site", "tag.role"},
                                           budget::Devices{1},
                                           schedule::Priority::emergency,
                                           "pairs"},
                                          {"tenth", "", {}, budget::Percent{10}, {}, ""},
                                          {"none", "", {"site"}, budget::Devices{0}, {}, ""}};
    const auto again = read_budgets(write_budgets(all));
    REQUIRE(again.ok());
    CHECK(*again == all);
    CHECK(read_budgets("")->empty());
}

TEST_CASE("what cannot be meant is refused with its place") {
    const struct {
        const char* text;
        const char* where;
    } rows[] = {{R"({"name":"a"})", "/devices"},
                {R"({"name":"a","devices":1,"percent":1})", "/devices"},
                {R"({"name":"a","devices":-1})", "/devices"},
                {R"({"name":"a","percent":101})", "/percent"},
                {R"({"name":"a","devices":1,"by":["site","site"]})", "/by/0"},
                {R"({"name":"a","devices":1,"by":[1]})", "/by/0"},
                {R"({"name":"a","devices":1,"yields_to":"normal"})", "/yields_to"},
                {R"({"name":"A","devices":1})", "/name"},
                {R"({"devices":1})", ""}, // a member that is missing has no place of its own
                {R"({"name":"a","devices":1,"size":3})", "/size"}};
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto budget = read(row.text);
        REQUIRE_FALSE(budget.ok());
        CHECK(budget.error().where == row.where);
    }
    CHECK_FALSE(read_budgets(R"({"budgets":[{"name":"a"}]})").ok());
}
