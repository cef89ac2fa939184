// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace oakum::system {

// What a program may use, each process that it starts as well; zero: no limit. It dumps no core.
struct Limits {
    std::uint64_t memory_bytes = 0; // of addresses
    std::uint64_t cpu_seconds = 0;
    std::uint64_t file_bytes = 0; // of one file that it writes
    std::uint64_t open_files = 0;
};

struct Command {
    std::vector<std::string> arguments; // the program's absolute path first; no shell
    std::vector<std::pair<std::string, std::string>> environment; // all of it: nothing is inherited
    std::filesystem::path folder = "/";                           // where it runs
    std::string input;                                            // its standard input, at most 64 KiB
    base::Duration timeout = std::chrono::seconds(30);
    std::size_t output_limit = 64 * 1024; // of each stream; the rest is read and dropped
    std::optional<Limits> limits;
};

struct Outcome {
    std::optional<int> exit_code; // none when a signal ended it
    int signal = 0;
    bool timed_out = false;
    std::string output;
    std::string errors;
    bool truncated = false;
    bool succeeded() const { return exit_code == 0; }
};

// Runs to the end, to the timeout, or to the stop request; the whole process group is then asked to end
// (SIGTERM) and two seconds later made to. Blocking. Errors: invalid (no absolute path, NUL in a word),
// not_found, denied, unavailable (cannot start; stopped).
base::Result<Outcome> run(const Command& command, std::stop_token stop = {});

} // namespace oakum::system
