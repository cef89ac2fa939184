// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <string>

// Devices that were only seen on a network, and turn out to be managed ones.
namespace oakum::fleet {

// It leaves, with its event; its row as it was before is the caller's to keep.
void retire_seen(shard::Transaction& transaction, ports::DeviceRow device, const std::string& why);
// A managed device says its MAC address: what was seen with it is the same device, and leaves. In the
// background; what fails is done by the next scan. On the writer's executor.
void absorb_seen(Core& core, TenantId tenant, DeviceId device, const std::string& mac);

} // namespace oakum::fleet
