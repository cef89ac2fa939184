// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "show.hpp"

#include <string>
#include <vector>

namespace oakum::cli {

// Documents that only a scan writes.
enum class Document { none, sarif, cyclonedx };

struct Scan {
    std::vector<std::string> targets;    // SBOMs and root file systems
    std::vector<std::string> advisories; // one compiled file, or feed files and folders
    std::vector<std::string> vex;
    std::string kernel_build; // a file that says how the kernel was built, or nothing
    std::string fail_on;      // "", exploited, critical, high, any
    Document document = Document::none;
};
// Matches what there is in SBOMs and root file systems against advisories, with the same rules as the server
// and without it. Errors: those of the files; invalid when something is found that `fail_on` names.
base::Status scan(const Shown& shown, int limit, const Scan& scan);

// What is said of a Linux kernel of that version, a line each: the advisory, a tab, and "affected", "not
// affected", "fixed" or "cannot tell". Errors: those of the advisories and of the file that says how it was
// built.
base::Status assess_kernel(const Shown& shown, const std::string& number, const Scan& scan);

// Compiles feed files into one that a scan opens at once.
base::Status compile_feeds(const Shown& shown, const std::vector<std::string>& paths, const std::string& to);

} // namespace oakum::cli
