// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {

using enum Format;
using ports::Method;

std::vector<Verb> connector_verbs() {
    return {
        {"connector",
         "list",
         Method::get,
         "/api/v1/connectors",
         Shape::page,
         "other management systems, and what became of the syncs with them",
         {},
         {{"CONNECTOR", "/name"},
          {"SYSTEM", "/title", text, 2},
          {"ON", "/enabled", flag},
          {"SYNCED", "/synced", time},
          {"NEXT", "/next", time, 3},
          {"DEVICES", "/sweep/devices", integer},
          {"MISSING", "/missing", integer, 1},
          {"ERROR", "/error"}}},
        {"connector",
         "remove",
         Method::del,
         "/api/v1/connectors/{id}",
         Shape::nothing,
         "forget it and its secret; its devices stay as they are known",
         {{"id", Place::path, "", "its name", true}},
         {}},
    };
}

} // namespace oakum::cli
