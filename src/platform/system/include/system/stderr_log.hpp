// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/clock.hpp>
#include <system/log_line.hpp>

namespace oakum::system {

// One line a call on a file descriptor, standard error by default. Callable from any thread.
class StderrLog final : public base::LogSink {
  public:
    StderrLog(base::LogLevel least, ports::Clock& clock, LogFormat format = LogFormat::text,
              int descriptor = 2);
    void write(base::LogLevel level, std::string_view area, std::string_view text) override;

  private:
    const base::LogLevel least_;
    ports::Clock& clock_;
    const LogFormat format_;
    const LogPrefix prefix_;
    const int descriptor_;
};

} // namespace oakum::system
