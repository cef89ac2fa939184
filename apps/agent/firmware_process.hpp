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

// What a slot runs.
class Firmware {
  public:
    virtual ~Firmware() = default;
    // Ends what ran before. Errors: not_found, denied, unavailable (it cannot be started, or did not stay
    // up).
    virtual base::Status start(const std::filesystem::path& program, const std::filesystem::path& folder,
                               const Environment& environment) = 0;
    virtual bool running() = 0;
    virtual void stop() = 0;
    // "it ended with 3", "signal 9 ended it"; empty while it runs.
    virtual std::string ending() const = 0;
    // The last lines of its output, at most `size` bytes.
    virtual std::string log_tail(std::size_t size) = 0;
};

// The firmware of the running slot as a child process: its own session, a cleared environment, its output in
// a file that stays small. It dies with the agent. One thread.
class FirmwareProcess final : public Firmware {
  public:
    explicit FirmwareProcess(std::filesystem::path log) : log_(std::move(log)) {}
    ~FirmwareProcess() override { FirmwareProcess::stop(); }
    FirmwareProcess(const FirmwareProcess&) = delete;
    FirmwareProcess& operator=(const FirmwareProcess&) = delete;

    base::Status start(const std::filesystem::path& program, const std::filesystem::path& folder,
                       const Environment& environment) override;
    // Collects it when it has ended.
    bool running() override;
    // SIGTERM to the whole group, and SIGKILL to what is left after two seconds.
    void stop() override;
    std::string ending() const override { return ending_; }
    std::string log_tail(std::size_t size) override;

  private:
    void settle(int status);
    std::filesystem::path log_;
    int process_ = -1;
    std::string ending_;
};

} // namespace oakum::agent
