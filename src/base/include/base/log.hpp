// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace oakum::base {

enum class LogLevel { debug, info, warning, error };

// Where lines go; implemented by the composition root. Calls come from any thread. Text from outside is
// escaped by the sink, secrets never reach it.
class LogSink {
  public:
    virtual ~LogSink() = default;
    virtual void write(LogLevel level, std::string_view area, std::string_view text) = 0;
};

} // namespace oakum::base
