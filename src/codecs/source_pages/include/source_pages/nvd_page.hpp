// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string_view>

namespace oakum::source_pages {

// What a page of NVD's CVE API 2.0 says of itself, before its records.
struct NvdPage {
    std::uint64_t start = 0, results = 0; // "resultsPerPage" is how many are on this page
    std::uint64_t total = 0;
    bool operator==(const NvdPage&) const = default;
};

// Reads the head and looks at the end, not at the records. Errors: invalid (not such a page, or not whole).
base::Result<NvdPage> read_nvd_page(std::string_view text);

} // namespace oakum::source_pages
