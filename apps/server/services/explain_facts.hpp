// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <explain/device.hpp>

namespace oakum::server {

// What is recorded of a device, in the form in which domain/explain takes it.
struct DeviceFacts {
    bool held = false;
    explain::Contact contact;
    std::optional<explain::UnderWay> update;
    // Rollouts that have it in their scope and have not asked anything of it yet, newest first.
    std::vector<explain::Standing> rollouts;
    std::optional<explain::Room> full; // for a device that nothing is under way on
    explain::InstallTimes times;       // for what is under way, or the newest of the rollouts
};
DeviceFacts facts_of(const Context& context, const rollouts::Rollouts& rollouts, device::TenantId tenant,
                     const fleet::DeviceSummary& device);

std::string release_name(const Context& context, device::TenantId tenant, ports::ReleaseId id);
// The interval that devices are told to come back in.
base::Duration asks_every(const Context& context, device::TenantId tenant);

} // namespace oakum::server
