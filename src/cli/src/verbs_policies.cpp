// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {
namespace {

using enum Place;
using enum Format;
using ports::Method;

constexpr Option kPolicy{"policy", path, "id", "its id, as the list shows it", true};

constexpr Option kSchedule{"name", path, "id", "its name, as the list shows it", true};

} // namespace

std::vector<Verb> policy_verbs() {
    return {
        {"policy",
         "list",
         Method::get,
         "/api/v1/policies/deadlines",
         Shape::object,
         "what decides until when findings are fixed; one is in force",
         {},
         {{"in use since", "/uses/0/from", time, kOnlyWhenThere}, {"by", "/uses/0/by", text, kOnlyWhenThere}},
         "policies",
         {{"ID", "/id", id},
          {"NAME", "/name"},
          {"IN USE", "/in_use", flag},
          {"ASKS ABOUT", "/columns", list},
          {"ADDED BY", "/added_by", text, 1}}},
        {"policy",
         "show",
         Method::get,
         "/api/v1/policies/deadlines/{id}",
         Shape::object,
         "its rows: the first that holds decides",
         {kPolicy},
         {{"name", "/name"}, {"in use", "/in_use", flag}, {"", "/source"}, {"asks about", "/columns", list}},
         "rows",
         {{"WHEN", "/cells", list},
          {"OUTCOME", "/outcome"},
          {"DAYS", "/days", integer},
          {"FORENSIC TRIAGE", "/forensic_triage", flag, 1}}},
        {"policy",
         "diff",
         Method::get,
         "/api/v1/policies/deadlines/{id}/change",
         Shape::object,
         "what putting it in force would change today",
         {kPolicy, {"days", query, "days", "days of what it leaves to you: exploited=14,others=90", false}},
         {{"", "/sentence"},
          {"devices", "/devices", integer},
          {"overdue today", "/overdue_before", integer},
          {"overdue then", "/overdue_after", integer},
          {"newly overdue", "/newly_overdue", integer},
          {"no longer overdue", "/no_longer_overdue", integer},
          {"findings with an earlier deadline", "/sooner", integer},
          {"findings with a later one", "/later", integer},
          {"that rest on an assumed exposure today", "/on_assumption_before", integer},
          {"that would then", "/on_assumption_after", integer}},
         "rows",
         {{"DAYS", "/days", integer},
          {"FORENSIC TRIAGE", "/forensic_triage", flag, 1},
          {"FINDINGS TODAY", "/before", integer},
          {"FINDINGS THEN", "/after", integer}}},
        {"policy",
         "remove",
         Method::del,
         "/api/v1/policies/deadlines/{id}",
         Shape::nothing,
         "leave a table of your own out of the list",
         {kPolicy},
         {}},
        {"window",
         "remove",
         Method::del,
         "/api/v1/schedules/{id}",
         Shape::nothing,
         "let go of one",
         {kSchedule},
         {}},
        {"freeze",
         "remove",
         Method::del,
         "/api/v1/schedules/{id}",
         Shape::nothing,
         "lift one before it is over",
         {kSchedule},
         {}},
        {"budget",
         "remove",
         Method::del,
         "/api/v1/budgets/{id}",
         Shape::nothing,
         "let go of one: what is under way goes on",
         {kSchedule},
         {}},
    };
}

} // namespace oakum::cli
