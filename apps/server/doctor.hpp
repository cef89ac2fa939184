// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace oakum::server {

struct Finding {
    enum class Level { well, warning, ill };
    Level level = Level::well;
    std::string what;     // "keys"
    std::string sentence; // what was seen
    std::string remedy;   // what to do; empty when all is well
};

// What it says, in one or two lines.
std::string to_line(const Finding& finding);

// Looks at a server's folder, and changes nothing in it; a running server goes on meanwhile. Reads the whole
// store, so that it takes about a second for each 300 MB. Each finding once, in the order of worth.
std::vector<Finding> examine(const std::filesystem::path& data, base::TimePoint now);

} // namespace oakum::server
