// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>
#include <shard/keyed.hpp>

#include <base/bytes.hpp>

#include <map>
#include <string>
#include <vector>

namespace oakum::releases {

// The repository's files are documents of these names.
inline constexpr std::string_view kPrefix = "tuf/";

std::map<std::string, base::Bytes> files_of(const std::vector<shard::Held<ports::DocumentRow>>& documents);

} // namespace oakum::releases
