// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace oakum::agent {

using Environment = std::vector<std::pair<std::string, std::string>>;

// The firmware of the running slot as a child process: its own session, a cleared environment, its output in
// a file that stays small. It dies with the agent. One thread.
class FirmwareProcess {
  public:
    explicit FirmwareProcess(std::filesystem::path log) : log_(std::move(log)) {}
    ~FirmwareProcess() { stop(); }
    FirmwareProcess(const FirmwareProcess&) = delete;
    FirmwareProcess& operator=(const FirmwareProcess&) = delete;

    // Ends what ran before. Errors: not_found, denied, unavailable (it cannot be started).
    base::Status start(const std::filesystem::path& program, const std::filesystem::path& folder,
                       const Environment& environment);
    // Collects it when it has ended.
    bool running();
    // SIGTERM to the whole group, and SIGKILL to what is left after two seconds.
    void stop();
    // "it ended with 3", "signal 9 ended it"; empty while it runs.
    const std::string& ending() const { return ending_; }
    // The last lines of its output, at most `size` bytes.
    std::string log_tail(std::size_t size);

  private:
    void settle(int status);
    std::filesystem::path log_;
    int process_ = -1;
    std::string ending_;
};

} // namespace oakum::agent
