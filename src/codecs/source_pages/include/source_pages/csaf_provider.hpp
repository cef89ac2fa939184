// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <string>
#include <string_view>
#include <vector>

// How a maker or coordinator tells which CSAF documents there are (CSAF 2.0, sections 7.1.7 to 7.1.16).
namespace oakum::source_pages {

// One place of provider-metadata.json where documents are listed.
struct CsafListing {
    enum class Kind : unsigned char { rolie, directory } kind = Kind::rolie;
    std::string url;         // of the feed, or of the folder, without a '/' at its end
    bool restricted = false; // its label allows only some to read it (TLP green, amber or red)
    bool operator==(const CsafListing&) const = default;
};

struct CsafEntry {
    std::string url;
    base::TimePoint updated{};
    bool operator==(const CsafEntry&) const = default;
};
struct CsafEntries {
    std::vector<CsafEntry> entries;
    std::vector<std::string> left_out; // what cannot be used of it, and why; at most 20
};

// Listings in the order given, ROLIE feeds and folders. Errors: invalid (no such document, or it lists
// nothing).
base::Result<std::vector<CsafListing>> read_csaf_provider(std::string_view text);

// A ROLIE feed as JSON. Errors: invalid, too_large.
base::Result<CsafEntries> read_rolie(std::string_view text);

// The file changes.csv of the folder at `url`: a path below it and the time of its last change, a line each.
// Errors: invalid, too_large.
base::Result<CsafEntries> read_csaf_changes(std::string_view text, const std::string& url);

// Whether the text is one CSAF document, whole. Errors: invalid.
base::Status check_csaf_document(std::string_view text);

} // namespace oakum::source_pages
