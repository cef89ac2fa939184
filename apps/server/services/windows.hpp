// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <assessment/assessor.hpp>

#include <span>

namespace oakum::server {

// From when until when an advisory was open on a device, as far as that was known at a moment.
struct Window {
    std::uint32_t advisory = 0;            // in the knowledge's file
    base::TimePoint from{};                // when the device was first seen
    std::optional<base::TimePoint> closed; // when it was proven to be rid of it
    // While it is open, the components that have it; as long as the visit lasts.
    std::span<const ports::ComponentId> open_in;
};

// Every window of the devices of a selection, a device after the other. Gives when the first of them was
// seen; nothing: there are none. Errors: the history's. Seconds at a million devices.
base::Result<std::optional<base::TimePoint>> each_window(
    const Context& context, device::TenantId tenant, const fleet::Selection& selection,
    const assessment::Knowledge& knowledge, base::TimePoint as_of,
    const std::function<void(const ports::DeviceRow& device, const std::vector<Window>& windows)>& visit);

} // namespace oakum::server
