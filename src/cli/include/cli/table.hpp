// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oakum::cli {

// Columns in aligned text; numbers to the right. Control characters and escape sequences in cells
// (device-supplied text) are shown as '?'. With a width, the widest text column is cut with "…" until the
// table fits.
std::string render_table(const std::vector<std::string>& titles,
                         const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right,
                         int width);

// RFC 4180 with CRLF; a cell that a spreadsheet would take for a formula gets a leading apostrophe.
std::string render_csv(const std::vector<std::string>& titles,
                       const std::vector<std::vector<std::string>>& rows);

// As many columns as a terminal needs for it: one a code point, none for combining marks.
int display_width(std::string_view utf8);
std::string printable(std::string_view text);

} // namespace oakum::cli
