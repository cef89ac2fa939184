// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <ports/http.hpp>

namespace oakum::exchange {

// "urn:oakum:TENANT:DEVICE" with the tenant's number, or `default` for the first. Errors: unauthenticated.
base::Result<fleet::DeviceActor> device_of(const ports::Peer& peer);

} // namespace oakum::exchange
