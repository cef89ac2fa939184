// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.hpp"

namespace oakum::truth {

// Cells between tabulators, without the line of headings.
inline std::vector<std::vector<std::string>> table(const std::filesystem::path& path) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(read_file(path));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream cells(line);
        rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, '\t');)
            rows.back().push_back(cell);
    }
    REQUIRE(rows.size() > 1);
    rows.erase(rows.begin());
    return rows;
}

// What the matcher says of one advisory in a set: the worst of its components of that name.
inline std::string said(const Advisories& advisories, const std::vector<component::Component>& set,
                        const std::vector<component::Statement>& statements, const std::string& name,
                        const std::string& advisory) {
    const auto assessment =
        advisory::match_set(advisories.file, set, statements, {}, advisory::Detail::everything);
    std::string out = "nothing";
    for (const auto& found : assessment.verdicts) {
        if (advisories.file.id(found.verdict.advisory) != advisory || set[found.component].name != name)
            continue;
        switch (found.verdict.verdict) {
        case advisory::Verdict::affected:
            return "affected";
        case advisory::Verdict::unknown:
            out = "cannot tell";
            break;
        case advisory::Verdict::fixed:
        case advisory::Verdict::not_affected:
            if (out == "nothing") out = "not affected";
            break;
        }
    }
    return out;
}

} // namespace oakum::truth
