// SPDX-License-Identifier: Apache-2.0
#include <system/stderr_log.hpp>

#include <unistd.h>

namespace oakum::system {

StderrLog::StderrLog(base::LogLevel least, ports::Clock& clock, LogFormat format, int descriptor)
    : least_(least), clock_(clock), format_(format),
      prefix_(goes_to_journal(descriptor) ? LogPrefix::priority : LogPrefix::none), descriptor_(descriptor) {}

void StderrLog::write(base::LogLevel level, std::string_view area, std::string_view text) {
    if (level < least_) return;
    const std::string line = log_line(format_, prefix_, clock_.now(), level, area, text);
    // One call, so that lines of several threads do not mix. A log that cannot be written has nowhere to say
    // so.
    if (::write(descriptor_, line.data(), line.size()) < 0) return;
}

} // namespace oakum::system
