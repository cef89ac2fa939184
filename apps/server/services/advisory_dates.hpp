// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <set>

namespace oakum::server {

// When a fix was at hand, and when a device was first proven to be rid of the hole.
struct FixDates {
    std::optional<base::TimePoint> available, first_verified;
};
// `affected`: the subjects that the advisory affects; `ends`: the releases whose software it does not affect
// and that are for a model which it does. Only devices of the scope count. Reads history: not for the
// engine's thread.
FixDates fix_dates(const Context& context, device::TenantId tenant, const fleet::Scope& scope,
                   const std::set<device::SetId>& affected,
                   const std::vector<shard::Held<ports::ReleaseRow>>& ends);

} // namespace oakum::server
