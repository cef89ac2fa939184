// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "show.hpp"

#include <string>
#include <vector>

namespace oakum::cli {

struct Scan {
    std::string file;
    std::vector<std::string> feeds; // files or folders
    std::string fail_on;            // "", exploited, critical, high, any
};
// Matches an SBOM against advisory files, with the same rules as the server and without it. Errors: those of
// the files; invalid when something is found that `fail_on` names.
base::Status scan_sbom(const Shown& shown, int limit, const Scan& scan);

// The feed files among these paths and below these folders, sorted. Errors: not_found (there is none).
base::Result<std::vector<std::string>> feed_files(const std::vector<std::string>& paths);

} // namespace oakum::cli
