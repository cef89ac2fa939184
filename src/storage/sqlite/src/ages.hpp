// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <ports/evidence.hpp>

namespace oakum::sqlite {

// What a Pruner would find of a tenant. Histories and what ran are counted shard by shard, for two seconds at
// most: what is not come to is taken to be like the rest.
base::Result<ports::Ages::Counted> older_of(Connection& connection, ports::TenantId tenant,
                                            const ports::Older& than);

} // namespace oakum::sqlite
