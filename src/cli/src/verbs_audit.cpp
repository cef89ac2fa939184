// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {
namespace {

using enum Place;
using enum Format;
using ports::Method;

} // namespace

std::vector<Verb> audit_verbs() {
    return {
        {"proof",
         "windows",
         Method::get,
         "/api/v1/proof/exposure-windows",
         Shape::object,
         "how long holes stayed open",
         {kQuery, kAsOf},
         {{"", "/definition"}},
         "rows",
         {{"CLASS", "/class"},
          {"CLOSED", "/closed", integer},
          {"OPEN", "/open", integer},
          {"MEDIAN DAYS", "/median_days", number},
          {"P90 DAYS", "/p90_days", number},
          {"LONGEST OPEN", "/longest_open_days", number}}},
        {"proof",
         "holes",
         Method::get,
         "/api/v1/proof/holes",
         Shape::page,
         "the holes that \"proof windows\" and \"report deadlines\" count",
         {kQuery,
          kAsOf,
          {"class", query, "class", "exploited, critical, high, medium, low or all", false},
          {"state", query, "state",
           "open, closed, kept, kept_late, overdue, excepted, not_due or without_deadline", false},
          {"group", query, "group", "on devices of this group: id or name", false, "group"}},
         {{"DEVICE", "/device/name"},
          {"MODEL", "/device/model", text, 3},
          {"OWNER", "/device/owner", text, 2},
          {"ADVISORY", "/advisory/id", id},
          {"SEVERITY", "/advisory/severity"},
          {"STANDS", "/standing"},
          {"SINCE", "/since", time, 1},
          {"DUE", "/due", time},
          {"CLOSED", "/closed", time},
          {"DAYS", "/days", number}}},
        {"audit",
         "list",
         Method::get,
         "/api/v1/audit",
         Shape::page,
         "who changed what, and why",
         {{"after", query, "after", "from the record after this number on; without it the newest", false}},
         {{"NO", "/number", integer},
          {"WHEN", "/at", time, 1},
          {"WHO", "/actor"},
          {"WHAT", "/action"},
          {"ON", "/resource", text, 2},
          {"WHY", "/why"}}},
        {"audit",
         "search",
         Method::get,
         "/api/v1/audit/search",
         Shape::page,
         "decisions that hold some words, newest first",
         {{"words", words, "q", "every one of them has to stand in who, what, on what or why", true}},
         {{"NO", "/number", integer},
          {"WHEN", "/at", time, 1},
          {"WHO", "/actor"},
          {"WHAT", "/action"},
          {"ON", "/resource", text, 2},
          {"WHY", "/why"}}},
        {"audit",
         "verify",
         Method::get,
         "/api/v1/audit/verify",
         Shape::object,
         "check the chain of audit records",
         {},
         {{"", "/sentence"},
          {"intact", "/ok", flag},
          {"records", "/records", integer},
          {"removed before", "/removed", integer, kOnlyWhenThere},
          {"head", "/head"}}},
    };
}

} // namespace oakum::cli
