// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/console.hpp>

#include <string>
#include <vector>

namespace oakum::cli {

struct NewBundle {
    std::string file;
    std::vector<std::string>
        sources;                    // of those that are offered; empty, with no files either: the usual ones
    std::vector<std::string> urls;  // "NAME=URL": another address of one
    std::vector<std::string> files; // packed as they are
    std::string authorities;
    bool own_addresses = false;
    bool dry_run = false;
};

// Feeds in one file for servers that reach no publisher; without a server. What could not be had is named,
// and what came is in the file all the same. Errors: invalid, unavailable.
base::Status make_bundle(Console& console, const NewBundle& bundle);

} // namespace oakum::cli
