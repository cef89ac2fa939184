// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "verb.hpp"

// What the files of the table share: its parts, and the options and columns that stand in more than one of
// them.
namespace oakum::cli {

// In the order of the help.
std::vector<Verb> device_verbs();
std::vector<Verb> view_verbs();
std::vector<Verb> evidence_verbs();
std::vector<Verb> edit_verbs();
std::vector<Verb> exposure_verbs();
std::vector<Verb> policy_verbs();
std::vector<Verb> feed_verbs();
std::vector<Verb> connector_verbs();
std::vector<Verb> apple_verbs();
std::vector<Verb> release_verbs();
std::vector<Verb> audit_verbs();
std::vector<Verb> people_verbs();
std::vector<Verb> system_verbs();

inline constexpr Option kId{"id", Place::path, "id", "the id, as lists show it", true};
inline constexpr Option kQuery{"query", Place::query, "query",
                               "which devices, in the query language (oakum help query)", false};
inline constexpr Option kView{"view", Place::query, "view",
                              "a saved view of this list: its name or id; queries add up", false};
inline constexpr Option kWhy{"why", Place::body, "why", "the reason, for the audit log", false};
inline constexpr Option kAsOf{"as-of", Place::query, "as_of",
                              "as it was on this day (its end, UTC), such as 2026-11-01", false};
// Where a name or a serial does as well.
inline Option named(std::string_view noun) {
    return {"id", Place::path, "id", "its id or its name", true, noun};
}

std::vector<Column> deployment_columns();

} // namespace oakum::cli
