// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <device_lists/file.hpp>

#include <map>
#include <string>
#include <string_view>

namespace oakum::device_lists {

// A cell as its writer meant it: ="0123" and '0123 without what keeps a spreadsheet from reading a number,
// lines and blanks as one blank, "n/a" and "-" as nothing.
std::string plain_cell(std::string_view cell);

// What a cell (already plain) says of a fact, in the fact's own form. Errors: invalid, in a sentence.
base::Result<std::string> value_of(std::string_view fact, std::string_view cell, Dates dates);

// "macOS 14.5": the platform, and the version behind it (empty: none).
std::pair<std::string, std::string> platform_and_version(std::string_view text);

// Whether a date such as 13/4/2026 shows what stands in front. Nothing for one that can be read both ways, or
// is written in another form.
Dates order_shown_by(std::string_view cell);
bool is_date(std::string_view fact);

} // namespace oakum::device_lists
