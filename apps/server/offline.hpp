// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <filesystem>
#include <string>

// What oakumd does with its folder without serving; each says on standard output what it did.
namespace oakum::server {

// Puts a backup in place of what the folder holds. Errors: as backup::restore, conflict (a server runs).
base::Status restore(const std::filesystem::path& data, const std::string& file);
// Ends with 1 when something is ill; what only wants attention ends with 0.
int doctor(const std::filesystem::path& data);
// Errors: conflict (the file is there), unavailable.
base::Status write_support_bundle(const std::filesystem::path& data, const std::string& version,
                                  const std::filesystem::path& file);

} // namespace oakum::server
