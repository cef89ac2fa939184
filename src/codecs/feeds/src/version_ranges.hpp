// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/record.hpp>

#include <string_view>
#include <vector>

namespace oakum::feeds {

// "vers:generic/>=1.0|<2.0|5.1", ">= V1.0 < V2.0", "All versions before V3": intervals as entries with
// expressions; none for every version. What is no such text is one entry that nobody can read.
std::vector<advisory::VersionEntry> read_ranges(std::string_view text);

} // namespace oakum::feeds
