// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <cstdint>

namespace oakum::hawkbit {

// What a device is shown of its newest deployment.
enum class Stage : std::uint8_t {
    nothing,
    deployment,   // to be installed, or installed and not yet closed by the device
    confirmation, // the same, once somebody there agreed
    cancel,       // to be stopped
    installed,    // it is what runs
};

// Whether the device wants to be asked before it installs.
enum class Asks : bool { no, yes };

Stage stage_of(const ports::DeploymentRow& deployment, Asks asks, base::TimePoint now);
// The device closed its action, and has not yet said what it runs since.
bool waits_for_version(const ports::DeploymentRow& deployment);
// What is shown of a deployment may be fetched, also again by a client that takes it in pieces.
bool may_fetch(const ports::DeploymentRow& deployment);

} // namespace oakum::hawkbit
