// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <releases/releases.hpp>

#include <filesystem>

namespace oakum::server {

// Whether what an artifact says of itself agrees with the release that is to be made of it. Only Mender's say
// anything: their client reports the artifact's name as what it runs, and installs on no other device type.
// Reads the file's beginning. Errors: invalid, with the field as place.
base::Status artifact_agrees(const std::filesystem::path& file, const releases::NewRelease& release);

} // namespace oakum::server
