// SPDX-License-Identifier: Apache-2.0
#include <system/shutdown.hpp>

#include "descriptor.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>

#include <algorithm>

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

int ShutdownSignal::wait(base::Duration timeout, int readable) {
    const sigset_t set = signals();
    const Descriptor arrived(readable < 0 ? -1 : signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!arrived.open()) return wait(timeout);
    pollfd both[2] = {{arrived.get(), POLLIN, 0}, {readable, POLLIN, 0}};
    constexpr std::int64_t longest = 1'000'000'000;
    poll(both, 2, static_cast<int>(std::clamp<std::int64_t>(timeout.count(), 0, longest)));
    signalfd_siginfo info{};
    const bool one = ::read(arrived.get(), &info, sizeof info) == sizeof info;
    return one ? static_cast<int>(info.ssi_signo) : 0;
}

} // namespace oakum::system
