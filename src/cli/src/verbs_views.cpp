// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {
namespace {

using enum Place;
using enum Format;
using ports::Method;

const std::vector<Column> kViewLines{{"id", "/id"},
                                     {"name", "/name"},
                                     {"list", "/list"},
                                     {"query", "/query", text, kOnlyWhenThere},
                                     {"search", "/search", text, kOnlyWhenThere},
                                     {"only", "/only", text, kOnlyWhenThere},
                                     {"state", "/state", text, kOnlyWhenThere},
                                     {"sort", "/sort", text, kOnlyWhenThere},
                                     {"columns", "/columns", list},
                                     {"shared", "/shared", flag},
                                     {"owner", "/owner"},
                                     {"changed", "/changed", time}};

// What a view holds of its list; each list says which of them it has.
std::vector<Option> with_parts(std::vector<Option> options) {
    for (const Option& part :
         {Option{"query", body, "query", "which devices, in the query language", false},
          Option{"search", body, "search", "text that is looked for (advisories)", false},
          Option{"only", body, "only", "affecting, exploited or all (advisories)", false},
          Option{"state", body, "state", "the state (findings, rollouts, alarms)", false},
          Option{"sort", body, "sort", "a column to sort by, '-' in front for descending (devices)", false},
          Option{"columns", body_list, "columns", "the dashboard's columns, with commas", false},
          Option{"shared", body_flag, "shared", "true: others see it too, each with their own devices",
                 false}})
        options.push_back(part);
    return options;
}

} // namespace

std::vector<Verb> view_verbs() {
    return {
        {"view",
         "list",
         Method::get,
         "/api/v1/views",
         Shape::page,
         "lists under a name: your own and the shared ones",
         {{"list", query, "list",
           "only those of devices, advisories, findings, fixes, releases, rollouts or alarms", false}},
         {{"ID", "/id", id},
          {"NAME", "/name"},
          {"LIST", "/list"},
          {"QUERY", "/query", text, 1},
          {"SORT", "/sort", text, 3},
          {"SHARED", "/shared", flag},
          {"OWNER", "/owner", text, 2}}},
        {"view", "save", Method::post, "/api/v1/views", Shape::object,
         "keep a query, its order and its columns under a name",
         with_parts({{"name", body, "name", "its name", true},
                     {"list", body, "list",
                      "devices, advisories, findings, fixes, releases, rollouts or alarms", true}}),
         kViewLines},
        {"view",
         "show",
         Method::get,
         "/api/v1/views/{id}",
         Shape::object,
         "one view",
         {named("view")},
         kViewLines},
        {"view", "change", Method::patch, "/api/v1/views/{id}", Shape::object,
         "change what a view shows, its name, or who sees it",
         with_parts({named("view"), {"name", body, "name", "its new name", false}}), kViewLines},
        {"view",
         "rm",
         Method::del,
         "/api/v1/views/{id}",
         Shape::nothing,
         "remove a view; what it showed stays",
         {named("view")},
         {}},
    };
}

} // namespace oakum::cli
