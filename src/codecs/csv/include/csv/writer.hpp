// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oakum::csv {

// A row by RFC 4180 with its line end. What somebody else wrote can do nothing where it is opened: a field
// that a spreadsheet would take for a formula begins with an apostrophe, control characters and marks that
// turn the direction of text are replaced. Numbers stay numbers.
void append_row(std::string& out, const std::vector<std::string>& fields);

} // namespace oakum::csv
