// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {
namespace {

using enum Place;
using enum Format;
using ports::Method;

} // namespace

std::vector<Verb> edit_verbs() {
    return {
        {"edit",
         "list",
         Method::get,
         "/api/v1/edits",
         Shape::page,
         "imports, bulk actions and replacements, newest first",
         {{"kind", query, "kind", "import, bulk or replacement", false}},
         {{"ID", "/id", id},
          {"WHEN", "/at", time},
          {"KIND", "/kind", text, 3},
          {"NAME", "/name"},
          {"STATE", "/state"},
          {"WHO", "/actor", text, 2},
          {"NEW", "/created", integer, 4},
          {"CHANGED", "/changed", integer},
          {"LEFT OUT", "/refused", integer, 1},
          {"PUT BACK", "/put_back", integer, 1}}},
        {"edit",
         "show",
         Method::get,
         "/api/v1/edits/{id}",
         Shape::object,
         "one import, bulk action or replacement, and whether it can be undone",
         {kId},
         {{"", "/sentence"},
          {"id", "/id"},
          {"kind", "/kind"},
          {"name", "/name"},
          {"query", "/query", id, kOnlyWhenThere},
          {"why", "/why", text, kOnlyWhenThere},
          {"who", "/actor"},
          {"when", "/at", time},
          {"state", "/state"},
          {"ended", "/ended", time, kOnlyWhenThere},
          {"goes over", "/total", integer},
          {"new", "/created", integer},
          {"changed", "/changed", integer},
          {"so already", "/unchanged", integer},
          {"left out", "/refused", integer},
          {"because", "/reasons", list, kOnlyWhenThere},
          {"undone", "/undone", time, kOnlyWhenThere},
          {"undone by", "/undone_by", text, kOnlyWhenThere},
          {"put back", "/put_back", integer},
          {"left alone", "/left_alone", integer},
          {"since", "/left", list, kOnlyWhenThere},
          {"can be undone", "/undoable", flag},
          {"not undone since", "/why_not", text, kOnlyWhenThere}}},
        {"edit",
         "cancel",
         Method::post,
         "/api/v1/edits/{id}/actions/cancel",
         Shape::object,
         "end one that runs: what was done stays, and can be undone",
         {kId, kWhy},
         {{"", "/sentence"}, {"state", "/state"}}},
        {"edit",
         "devices",
         Method::get,
         "/api/v1/edits/{id}/devices",
         Shape::page,
         "what it did to each device",
         {kId},
         {{"ID", "/device/id", id},
          {"NAME", "/device/name"},
          {"LINE", "/line", integer, 3},
          {"NEW", "/created", flag, 2},
          {"UNDONE", "/undone", flag, 1},
          {"WHAT", "/sentence"}}},
    };
}

} // namespace oakum::cli
