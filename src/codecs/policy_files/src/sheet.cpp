// SPDX-License-Identifier: Apache-2.0
#include "sheet.hpp"

#include <algorithm>

namespace oakum::policy_files {

base::Result<Sheet> read_sheet(std::string_view text, std::size_t max_bytes) {
    if (text.size() > max_bytes)
        return base::too_large("the table is larger than " + std::to_string(max_bytes / 1024) + " KiB");
    // Remarks say nothing about the separator; their lines stay, so that others keep their numbers.
    std::string without;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (!line.starts_with('#')) without += line;
        without += '\n';
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    Sheet sheet;
    bool first = true;
    Complaints complaints;
    csv::Reader reader({[&](csv::Row&& row) -> base::Status {
                            (first ? sheet.head : sheet.rows.emplace_back()) = std::move(row);
                            first = false;
                            return {};
                        },
                        [&](std::uint64_t line, const std::string& reason) -> base::Status {
                            complaints.add(line, "", reason);
                            return {};
                        }});
    TRY(reader.feed(base::as_bytes(without)));
    TRY(reader.finish());
    if (!complaints.none()) return complaints.error();
    if (first) return base::invalid("the table is empty; its first row names the columns");
    return sheet;
}

std::string plain(std::string_view cell) {
    const auto begin = cell.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    std::string text(cell.substr(begin, cell.find_last_not_of(" \t") - begin + 1));
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

void Complaints::add(std::uint64_t line, std::string_view column, std::string_view what) {
    const std::string place = "line " + std::to_string(line);
    if (count_++ == 0) where_ = place;
    if (count_ > kMaxTold) return;
    text_ += (text_.empty() ? "" : "; ") + place;
    if (!column.empty()) text_ += ", " + std::string(column);
    text_ += ": " + std::string(what);
}

base::Error Complaints::error() const {
    return base::invalid(text_ + (count_ > kMaxTold
                                      ? "; and " + std::to_string(count_ - kMaxTold) +
                                            (count_ == kMaxTold + 1 ? " line more" : " lines more")
                                      : ""))
        .at(where_);
}

} // namespace oakum::policy_files
