// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "log_place.hpp"
#include "session.hpp"

#include <string>
#include <vector>

// What a server has published: read, copied, and checked by who believes neither it nor a copy.
namespace oakum::cli {

struct LogWish {
    std::string from;              // a folder; empty: the server
    std::string root, key;         // whose word counts: a root that the reader keeps, or a key
    std::vector<std::string> kept; // checkpoints that the reader kept
    std::string kind, file, folder;
    std::uint64_t after = 0;
    bool audit = false; // hold the server's audit log against the heads in the log
};

// The present checkpoint, written into a new file where one is named.
base::Status show_checkpoint(const Session& session, const LogWish& wish);
// The newest entries, as many as --limit says, or those after a number.
base::Status show_log(const Session& session, const LogWish& wish);
// Every entry is in the tree that the checkpoint is of, every tile is what the entries make it, and each kept
// checkpoint is of the same log at an earlier time. Errors: corrupt (it is not so).
base::Status verify_log(const Session& session, const LogWish& wish);
// Copies what is new into a folder, once it goes on from what is there. Errors: corrupt (it does not; the
// folder is as it was).
base::Status fetch_log(const Session& session, const LogWish& wish);

} // namespace oakum::cli
