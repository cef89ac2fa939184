// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {

std::vector<Verb> evidence_verbs() {
    using enum Format;
    using ports::Method;
    return {
        {"evidence",
         "list",
         Method::get,
         "/api/v1/evidence",
         Shape::page,
         "evidence packs that were made, newest first",
         {},
         {{"FILE", "/file", id},
          {"STANDARD", "/standard", text, 2},
          {"FROM", "/from", time},
          {"TO", "/to", time},
          {"QUERY", "/query", text, 3},
          {"MADE", "/made", time, 1},
          {"BY", "/made_by", text, 4},
          {"BYTES", "/bytes", integer, 5},
          {"LEFT OUT", "/left_out", list, 6}}},
        {"evidence",
         "key",
         Method::get,
         "/api/v1/evidence-key",
         Shape::object,
         "the key that packs are signed with, and the standards",
         {},
         {{"key", "/id", id}},
         "standards",
         {{"STANDARD", "/name", id}, {"TITLE", "/title"}}},
        {"evidence",
         "rm",
         Method::del,
         "/api/v1/evidence/{id}",
         Shape::nothing,
         "remove a pack from the server",
         {{"id", Place::path, "id", "its file, as the list names it", true}},
         {}},
    };
}

} // namespace oakum::cli
