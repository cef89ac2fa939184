// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/console.hpp>

#include <string>
#include <vector>

// Single rules of the product for anyone, without a server: one result a line, in the order of the questions.
// Those come from the command line, or from standard input when it has none. A question that cannot be read
// is answered "error"; the reason goes to standard error, and the command fails when the question was on its
// line.
namespace oakum::cli {

// Lines "A<TAB>B" -> "-1", "0" or "1". Errors: not_found (the scheme), invalid.
base::Status compare_versions(const Console& console, const std::string& scheme,
                              const std::vector<std::string>& given);
// A CVSS vector a line -> its base score, and after a tab the overall one where it has other metrics.
base::Status score_vectors(const Console& console, const std::vector<std::string>& given);
// Lines "CRITERIA<TAB>NAME" -> "match" or "no match" (NISTIR 7696: the criteria are equal to the name or a
// superset).
base::Status match_names(const Console& console, const std::vector<std::string>& given);
// The answers to the points of a decision table -> its outcome. Errors: not_found (the table), invalid.
base::Status decide_by_table(const Console& console, const std::string& table,
                             const std::vector<std::string>& given);

} // namespace oakum::cli
