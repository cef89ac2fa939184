// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "explain_facts.hpp"

#include <api/devices_service.hpp>

namespace oakum::server {

// What a device's page begins with: where it is, what it is open to, and what comes next for it.
std::string sentence_of(const Context& context, device::TenantId tenant, const api::Device& view,
                        const fleet::DeviceSummary& from, const DeviceFacts& facts);

} // namespace oakum::server
