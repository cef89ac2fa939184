// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <packages/installed.hpp>

#include <string>
#include <vector>

namespace oakum::cli {

// The packages of a rpmdb.sqlite, whole or not at all. The file is somebody else's: it is only read, as it
// stands, and what is in it is bounded. Errors: unavailable, corrupt, too_large, conflict (its last changes
// stand beside it).
base::Result<std::vector<component::Component>> read_rpm_database(const std::string& path,
                                                                  const packages::OsRelease& system);

} // namespace oakum::cli
