// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <ports/clock.hpp>

#include <string>
#include <string_view>

namespace oakum::system {

// One line a call on a file descriptor, standard error by default: "2026-11-22T16:03:00Z warning http: text".
// Text from outside cannot forge a line or steer a terminal: control, direction and malformed characters are
// escaped, and a line has at most 8 KiB. Callable from any thread.
class StderrLog final : public base::LogSink {
  public:
    StderrLog(base::LogLevel least, ports::Clock& clock, int descriptor = 2)
        : least_(least), clock_(clock), descriptor_(descriptor) {}
    void write(base::LogLevel level, std::string_view area, std::string_view text) override;

  private:
    const base::LogLevel least_;
    ports::Clock& clock_;
    const int descriptor_;
};

// What the log shows of a text from outside.
std::string escape_for_log(std::string_view text);

} // namespace oakum::system
