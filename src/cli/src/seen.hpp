// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

// What a scan of nmap (-oX) or the leases of a DHCP server saw, each device once, beside the device of the
// fleet that it is; nothing is stored. `unknown_only`: those that are none.
base::Status show_seen(const Flow& flow, const std::string& file, bool unknown_only);

} // namespace oakum::cli
