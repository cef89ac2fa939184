// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <risk/support.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::policy_files {

// At most 1 MiB. Columns in any order: `of` (model, system, component), `name`, `branch` (may be empty),
// `support_end` (a day) and `source`. Errors: invalid (every wrong line, the first ten), too_large.
base::Result<std::vector<risk::SupportEnd>> read_support_ends(std::string_view text);
std::string write_support_ends(const std::vector<risk::SupportEnd>& rows);

// Figures of public lists as they were when this version was made, each with its source.
const std::vector<risk::SupportEnd>& known_support_ends();

} // namespace oakum::policy_files
