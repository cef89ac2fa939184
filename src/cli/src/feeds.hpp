// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

#include <string>
#include <vector>

// Advisory data: what comes as files, and where it is fetched from.
namespace oakum::cli {

// `force`: also what is older than what is held, or has shrunk.
base::Status import_feeds(const Flow& flow, const std::vector<std::string>& paths, bool force);

// What is held, of when, what was rejected and why, and which sources fail.
base::Status show_feeds(const Flow& flow);
// One source, or each that is switched on; waits until they have ended.
base::Status sync_feeds(const Flow& flow, const std::string& source, bool force);

struct SourceSettings {
    std::string name, kind, walk, url;
    std::vector<std::string> parts;
    int every_minutes = -1, pause_ms = -1;
    bool key_stdin = false, without_key = false;
};
base::Status set_source(const Flow& flow, const SourceSettings& settings);
base::Status switch_source(const Flow& flow, const std::string& name, bool on);
base::Status test_source(const Flow& flow, const std::string& name);

} // namespace oakum::cli
