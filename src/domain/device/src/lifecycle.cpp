// SPDX-License-Identifier: Apache-2.0
#include <device/lifecycle.hpp>

#include <array>

namespace oakum::device {
namespace {

using L = Lifecycle;
using E = LifecycleEvent;

// A retired device that is heard of stays retired: it comes back only by enrolling again, or by a person's
// import.
constexpr std::array kTable = {
    LifecycleStep{L::pending, E::accepted, L::active},   LifecycleStep{L::pending, E::heard, L::pending},
    LifecycleStep{L::pending, E::retired, L::retired},   LifecycleStep{L::pending, E::enrolled, L::active},
    LifecycleStep{L::active, E::heard, L::active},       LifecycleStep{L::active, E::fell_quiet, L::quiet},
    LifecycleStep{L::active, E::retired, L::retired},    LifecycleStep{L::active, E::enrolled, L::active},
    LifecycleStep{L::quiet, E::heard, L::active},        LifecycleStep{L::quiet, E::retired, L::retired},
    LifecycleStep{L::quiet, E::enrolled, L::active},     LifecycleStep{L::retired, E::heard, L::retired},
    LifecycleStep{L::retired, E::enrolled, L::active},   LifecycleStep{L::unmanaged, E::accepted, L::active},
    LifecycleStep{L::unmanaged, E::retired, L::retired}, LifecycleStep{L::unmanaged, E::enrolled, L::active},
};

constexpr std::array<std::string_view, 5> kEvents = {"accepted", "heard of", "quiet for too long", "retired",
                                                     "enrolled"};

} // namespace

std::string_view to_string(LifecycleEvent event) {
    return kEvents[static_cast<std::size_t>(event)];
}

std::span<const LifecycleStep> lifecycle_table() {
    return kTable;
}

base::Result<Lifecycle> step(Lifecycle state, LifecycleEvent event) {
    for (const LifecycleStep& line : kTable)
        if (line.from == state && line.event == event) return line.to;
    return base::conflict("a device that is " + std::string(to_string(state)) + " cannot be " +
                          std::string(to_string(event)));
}

} // namespace oakum::device
