// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/file.hpp>
#include <base/bytes.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace oakum::cli {

// Compiled advisories with the bytes that they are read from.
struct Advisories {
    base::Bytes bytes;
    advisory::AdvisoryFile file;
    std::uint64_t rejected = 0;        // records of the feeds that could not be read
    std::vector<std::string> unread;   // the first of those: their file, which they are, and why
    std::vector<std::string> left_out; // files of folders that are no feeds
};

// Names those, the first of them when they are many; a line, or nothing.
std::string left_out_line(const Advisories& advisories);
// The same of records that could not be read.
std::string unread_line(const Advisories& advisories);

// From one compiled file (advisories.oadb of a server, or what `oakum feed compile` made), or from feed files
// and folders that have such, whatever else is in them. Errors: not_found, invalid, corrupt, too_large.
base::Result<Advisories> load_advisories(const std::vector<std::string>& paths);

// The feed files among these paths and below these folders, sorted. Errors: not_found (there is none).
base::Result<std::vector<std::string>> feed_files(const std::vector<std::string>& paths);

} // namespace oakum::cli
