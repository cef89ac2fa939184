// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

namespace oakum::releases {

// Keeps what an artifact says that a device must be, as a query (fleet::needs_document): of bytes that never
// change, so it may be kept again. Durable before `done`; a release of it is made after that. Errors: denied,
// unavailable.
void keep_needs(fleet::Core& core, const access::Actor& actor, const base::Digest256& artifact,
                std::string needs, std::function<void(base::Status)> done);

} // namespace oakum::releases
