// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/releases_service.hpp>

namespace oakum::server {

// As many as are listed.
inline constexpr std::size_t kMostPaths = 200;
// Which versions in the fleet can go to the release, the most devices first. Reads three columns of the
// devices of its models.
std::vector<api::Release::Path> paths_to(const Context& context, device::TenantId tenant,
                                         const ports::ReleaseRow& row);

} // namespace oakum::server
