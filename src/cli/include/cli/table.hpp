// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oakum::cli {

struct Head {
    std::string title;
    bool right = false; // numbers
    bool whole = false; // never cut: ids and numbers
};

// Columns in aligned text. What could steer a terminal in cells (device-supplied text) is shown as '?'. With
// a width, the widest column that may be cut is, with "…", until the table fits; none gets narrower than
// twelve.
std::string render_table(const std::vector<Head>& heads, const std::vector<std::vector<std::string>>& rows,
                         int width);
// The width below which render_table cannot go.
int least_width(const std::vector<Head>& heads, const std::vector<std::vector<std::string>>& rows);

// RFC 4180 with CRLF; a cell that a spreadsheet would take for a formula gets a leading apostrophe, and cells
// are printable, since a person may look at it on a terminal.
std::string render_csv(const std::vector<Head>& heads, const std::vector<std::vector<std::string>>& rows);

// As many columns as a terminal needs for it: two for East Asian wide characters and pictures, none for
// combining marks, else one a code point.
int display_width(std::string_view utf8);
// Control characters, escape sequences, what reverses the direction of writing and what is invisible become
// '?'; line ends and tabs become spaces.
std::string printable(std::string_view text);
// JSON that says the same and that no terminal obeys: controls, marks of direction and what is invisible are
// told by their numbers.
std::string json_for_terminals(std::string_view json);
// Broken at spaces so that no line is wider than `width`, lines after the first indented; 0: as it is.
std::string wrap(std::string_view text, int width, int indent);

} // namespace oakum::cli
