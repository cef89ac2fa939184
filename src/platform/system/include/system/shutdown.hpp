// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

namespace oakum::system {

// SIGPIPE and SIGXFSZ end a process by default: a peer that hung up, a limit on the size of files. Ignored,
// the call that met them returns an error, which is handled like every other. First thing in main.
void take_write_signals_as_errors();

// SIGINT, SIGTERM and SIGHUP as values instead of interruptions. Made first thing in main, before any thread,
// so that all threads inherit the mask; also takes write signals as errors. One per process.
class ShutdownSignal {
  public:
    ShutdownSignal();
    // The signal that came (SIGHUP asks to reload), or 0 after the timeout.
    int wait(base::Duration timeout);
    // Also until this descriptor can be read, which returns 0.
    int wait(base::Duration timeout, int readable);
};

} // namespace oakum::system
