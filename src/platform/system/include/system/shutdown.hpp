// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

namespace oakum::system {

// SIGINT, SIGTERM and SIGHUP as values instead of interruptions. Made first thing in main, before any thread,
// so that all threads inherit the mask; also ignores SIGPIPE. One per process.
class ShutdownSignal {
  public:
    ShutdownSignal();
    // The signal that came (SIGHUP asks to reload), or 0 after the timeout.
    int wait(base::Duration timeout);
};

} // namespace oakum::system
