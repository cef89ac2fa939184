// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/record.hpp>

#include <string_view>
#include <vector>

namespace oakum::feeds {

// "vers:generic/>=1.0|<2.0|5.1", ">= V1.0 < V2.0", "All versions before V3": intervals as entries with
// expressions; none for every version. What is no such text is one entry that nobody can read.
std::vector<advisory::VersionEntry> read_ranges(std::string_view text);

// What people write where one version belongs ("before 3.4", "3.4 and earlier", "1.0 through 1.5",
// "4.0.0-4.2.7", "1.0, 1.1", "1.x"), as expressions; empty when it is none of these.
std::vector<advisory::VersionEntry> read_words(std::string_view text);

} // namespace oakum::feeds
