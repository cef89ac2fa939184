// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::source_pages {

// One file of the CVE list's releases (github.com/CVEProject/cvelistV5): everything as of a midnight, or what
// changed since then, by a time of that day or by its end.
struct CveAsset {
    enum class Kind : unsigned char { all, changes, changes_of_day } kind = Kind::all;
    std::string day;  // "2026-08-21", UTC
    std::string name; // "2026-08-21_delta_CVEs_at_1500Z.zip"
    std::string url;
    bool operator==(const CveAsset&) const = default;
};

// Of GitHub's answer "list releases", in the order given: the newest first. Other files are left out. Errors:
// invalid.
base::Result<std::vector<CveAsset>> read_cve_releases(std::string_view text);

} // namespace oakum::source_pages
