// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>

#include <string>

namespace oakum::fleet {

// The document that says what a device must be for this artifact to be installed on it, as a query: what the
// artifact says of itself beyond models (a Mender artifact's depends). There is none of most.
inline std::string needs_document(const base::Digest256& artifact) {
    return "needs/" + artifact.hex();
}

} // namespace oakum::fleet
