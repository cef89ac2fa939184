// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <system/process.hpp>

#include <string>
#include <utility>
#include <vector>

namespace oakum::agent {

// A program of the system that the agent asks something of: by its name, found in the folders of the system
// and nowhere else, without a shell, with an environment of its own.
struct Tool {
    std::vector<std::string> words;
    std::string input = {};
    std::vector<std::pair<std::string, std::string>> environment = {};
    base::Duration timeout = std::chrono::seconds(30);
    std::size_t output_limit = 256 << 10;
};

// Where a program of the system lies. Errors: not_found (it is not installed).
base::Result<std::string> find_tool(const std::string& name);
// Its output after it ended with 0. Errors: not_found (it is not installed), unavailable (it failed: with the
// end of what it said).
base::Result<system::Outcome> run_tool(const Tool& tool);

// How it ended, in words, with the end of what it said. Errors: unavailable, unless it ended with 0.
base::Status judge(const std::string& name, const system::Outcome& outcome);

} // namespace oakum::agent
