// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <base/time.hpp>

#include <string>
#include <string_view>

namespace oakum::system {

// text: "2026-11-22T16:03:00Z warning http: text". json: one object a line with time, level, area, text.
enum class LogFormat { text, json };
// What stands before a line: for systemd's journal its priority, "<4>", which the journal takes off again.
enum class LogPrefix { none, priority };

// One line with its end. Text from outside cannot forge a line or steer a terminal in either format: control,
// direction and malformed characters are escaped, and a line has at most 8 KiB of it.
std::string log_line(LogFormat format, LogPrefix prefix, base::TimePoint at, base::LogLevel level,
                     std::string_view area, std::string_view text);

// What the log shows of a text from outside.
std::string escape_for_log(std::string_view text);

// Whether what is written there goes to systemd's journal (systemd.exec(5), JOURNAL_STREAM).
bool goes_to_journal(int descriptor);

} // namespace oakum::system
