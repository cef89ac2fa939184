// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "house.hpp"

#include <tar/header.hpp>

#include <functional>
#include <string>
#include <vector>

namespace oakum::server {

// What only a running server knows.
struct Running {
    const Options& options;
    std::string metrics;
    std::vector<std::string> jobs; // "2026-11-22T16:03:00Z backup done"
    std::vector<std::string> log;  // as strangers may see it
};

// Files for somebody who helps from afar: versions, configuration, the doctor's findings, figures, counts,
// and of a running server its metrics and newest log lines. No key, token or password, and no fact or name of
// a device or a person. Reads the whole store, as the doctor does.
std::vector<tar::Entry> support_files(const std::filesystem::path& data, const std::string& version,
                                      base::TimePoint now, const Running* running);

} // namespace oakum::server
