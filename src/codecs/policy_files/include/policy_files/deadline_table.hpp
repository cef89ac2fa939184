// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <risk/deadline_policy.hpp>

#include <string>
#include <string_view>

namespace oakum::policy_files {

// At most 64 KiB and as many rows as a policy may have. The first row names the columns: any of the points of
// risk::Point, `days` (a number, or "next upgrade"), and where wanted `outcome` (its name) and
// `forensic_triage` (yes or no). A cell of a point is one of its words, several with | between, or * or
// nothing for any. The first row that holds decides.
// Errors: invalid (every wrong line, the first ten), too_large.
base::Result<risk::DeadlinePolicy> read_deadline_table(std::string id, std::string name,
                                                       std::string_view text);
// What a rule says of a point, as a cell: "critical|high", "*".
std::string cell_of(const risk::DeadlineRule& rule, risk::Point point);
// The same, written.
std::string write_deadline_table(const risk::DeadlinePolicy& policy);

} // namespace oakum::policy_files
