// SPDX-License-Identifier: Apache-2.0
#include "sheet.hpp"

#include <policy_files/support_ends.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace oakum::policy_files {

using risk::SupportEnd;

namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;
constexpr std::array<std::string_view, 5> kColumns{"of", "name", "branch", "support_end", "source"};

std::string trimmed(std::string_view cell) {
    const auto begin = cell.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return std::string(cell.substr(begin, cell.find_last_not_of(" \t") - begin + 1));
}

std::optional<SupportEnd::Of> kind_of(std::string_view word) {
    for (const SupportEnd::Of of : {SupportEnd::Of::model, SupportEnd::Of::system, SupportEnd::Of::component})
        if (word == risk::to_string(of)) return of;
    return std::nullopt;
}

SupportEnd read_row(const csv::Row& row, const std::array<std::size_t, 5>& at, Complaints& complaints) {
    SupportEnd out;
    const auto cell = [&](std::size_t column) { return trimmed(row.fields[at[column]]); };
    if (const auto of = kind_of(plain(cell(0))))
        out.of = *of;
    else
        complaints.add(row.line, "of", "\"" + cell(0) + "\" is none of model, system, component");
    out.name = cell(1);
    if (out.name.empty() || out.name.size() > 128)
        complaints.add(row.line, "name", "it is missing, or longer than 128 characters");
    out.branch = cell(2);
    if (out.branch.size() > 64) complaints.add(row.line, "branch", "it is longer than 64 characters");
    const std::string day = cell(3);
    if (const auto ends = base::parse_time(day); ends.ok() && day.size() == 10)
        out.ends = *ends;
    else
        complaints.add(row.line, "support_end", "\"" + day + "\" is no day, such as 2027-06-30");
    out.source = cell(4);
    if (out.source.empty() || out.source.size() > 256)
        complaints.add(row.line, "source", "say who says so, in at most 256 characters");
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

// Days on which public support ended or will, by the lists of the project endoflife.date (each with the month
// of its snapshot); no text of theirs. Debian: with its long-term support, since its tracker covers that.
constexpr std::string_view kKnown = R"(of,name,branch,support_end,source
system,android,8.1,2021-01-10,"endoflife.date, 2025"
system,android,9,2022-01-01,"endoflife.date, 2025"
system,android,10,2023-03-06,"endoflife.date, 2025"
system,android,11,2024-02-05,"endoflife.date, 2025"
system,ios,9,2016-09-13,"endoflife.date, 2023-09"
system,ios,10,2017-09-26,"endoflife.date, 2023-09"
system,ios,11,2018-10-08,"endoflife.date, 2023-09"
system,ios,13,2020-09-16,"endoflife.date, 2023-09"
system,ios,14,2021-10-01,"endoflife.date, 2023-09"
system,debian,8,2020-06-30,"endoflife.date, 2025-05"
system,debian,9,2022-07-01,"endoflife.date, 2025-05"
system,debian,10,2024-06-30,"endoflife.date, 2025-05"
system,debian,11,2026-08-31,"endoflife.date, 2025-05"
system,debian,12,2028-06-10,"endoflife.date, 2025-05"
system,openwrt,17.01,2019-02-01,"endoflife.date, 2025-12"
system,openwrt,18.06,2021-07-01,"endoflife.date, 2025-12"
system,openwrt,19.07,2022-04-30,"endoflife.date, 2025-12"
system,openwrt,21.02,2023-04-30,"endoflife.date, 2025-12"
system,openwrt,22.03,2024-04-11,"endoflife.date, 2025-12"
system,openwrt,23.05,2025-08-16,"endoflife.date, 2025-12"
system,alpine,3.14,2023-05-01,"endoflife.date, 2025-02"
system,alpine,3.15,2023-11-01,"endoflife.date, 2025-02"
system,alpine,3.16,2024-05-23,"endoflife.date, 2025-02"
system,alpine,3.17,2024-11-22,"endoflife.date, 2025-02"
system,alpine,3.18,2025-05-09,"endoflife.date, 2025-02"
system,alpine,3.19,2025-11-01,"endoflife.date, 2025-02"
system,alpine,3.20,2026-04-01,"endoflife.date, 2025-02"
system,alpine,3.21,2026-11-01,"endoflife.date, 2025-02"
component,linux,4.9,2023-01-01,"endoflife.date, 2023-01"
component,linux,4.14,2024-01-01,"endoflife.date, 2023-01"
component,linux,4.19,2024-12-01,"endoflife.date, 2023-01"
component,linux,5.4,2025-12-01,"endoflife.date, 2023-01"
component,linux,5.10,2026-12-01,"endoflife.date, 2023-01"
component,linux,5.16,2022-04-13,"endoflife.date, 2023-01"
component,linux,5.17,2022-06-14,"endoflife.date, 2023-01"
component,linux,5.18,2022-08-21,"endoflife.date, 2023-01"
component,linux,5.19,2022-10-24,"endoflife.date, 2023-01"
component,linux,6.8,2024-05-30,"endoflife.date, 2025-02"
component,linux,6.9,2024-07-27,"endoflife.date, 2025-02"
component,linux,6.10,2024-10-10,"endoflife.date, 2025-02"
component,linux,6.11,2024-12-05,"endoflife.date, 2025-02"
component,openssl,1.0.2,2019-12-31,"endoflife.date, 2022-05"
component,openssl,1.1.0,2019-09-11,"endoflife.date, 2022-05"
component,openssl,1.1.1,2023-09-11,"endoflife.date, 2022-05"
component,openssl,3.0,2026-09-07,"endoflife.date, 2022-05"
)";

} // namespace

base::Result<std::vector<SupportEnd>> read_support_ends(std::string_view text) {
    TRY_VALUE(const Sheet sheet, read_sheet(text, kMaxBytes));
    Complaints complaints;
    std::array<std::size_t, 5> at{};
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        const auto column =
            std::find_if(sheet.head.fields.begin(), sheet.head.fields.end(),
                         [&](const std::string& field) { return plain(field) == kColumns[i]; });
        if (column == sheet.head.fields.end())
            complaints.add(sheet.head.line, "", "the column " + std::string(kColumns[i]) + " is missing");
        at[i] = static_cast<std::size_t>(column - sheet.head.fields.begin());
    }
    if (!complaints.none()) return complaints.error();
    std::vector<SupportEnd> rows;
    for (const csv::Row& row : sheet.rows) {
        if (row.fields.size() != sheet.head.fields.size()) {
            complaints.add(row.line, "",
                           "it has " + std::to_string(row.fields.size()) + " cells where the first row has " +
                               std::to_string(sheet.head.fields.size()));
            continue;
        }
        rows.push_back(read_row(row, at, complaints));
    }
    if (!complaints.none()) return complaints.error();
    return rows;
}

std::string write_support_ends(const std::vector<SupportEnd>& rows) {
    std::string text = "of,name,branch,support_end,source\n";
    for (const SupportEnd& row : rows)
        text += std::string(risk::to_string(row.of)) + "," + quoted(row.name) + "," + quoted(row.branch) +
                "," + base::to_date(row.ends) + "," + quoted(row.source) + "\n";
    return text;
}

const std::vector<SupportEnd>& known_support_ends() {
    static const std::vector<SupportEnd> rows = *read_support_ends(kKnown);
    return rows;
}

} // namespace oakum::policy_files
