// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <shard/writer.hpp>

#include <map>
#include <string>

namespace oakum::assessment {

// Who looks after a row of the queue of fixes, by the row's id.
std::map<std::string, std::string> fix_owners(const shard::ControlTables& control, device::TenantId tenant);
// An empty owner: nobody any more. Audited. Errors: denied, invalid, too_large (many rows have one).
void assign_fix(shard::Writer& writer, const access::Actor& actor, std::string fix, std::string owner,
                std::function<void(base::Status)> done);

} // namespace oakum::assessment
