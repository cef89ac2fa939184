// SPDX-License-Identifier: Apache-2.0
#include <system/shutdown.hpp>

#include <pthread.h>
#include <signal.h>
#include <time.h>

namespace oakum::system {
namespace {

sigset_t signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

} // namespace

void take_write_signals_as_errors() {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

ShutdownSignal::ShutdownSignal() {
    const sigset_t set = signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    take_write_signals_as_errors();
}

int ShutdownSignal::wait(base::Duration timeout) {
    const sigset_t set = signals();
    const timespec time{timeout.count() / 1000, timeout.count() % 1000 * 1'000'000};
    const int number = sigtimedwait(&set, nullptr, &time);
    return number > 0 ? number : 0;
}

} // namespace oakum::system
