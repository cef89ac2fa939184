// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <releases/releases.hpp>

#include <filesystem>

namespace oakum::server {

// What an artifact says of itself, for the release that is to be made of it. Only Mender's say anything:
// their client reports the artifact's name as what it runs, and installs on no other device type. Gives what
// a device must be beyond that, as a query; empty: nothing. Reads the file's beginning. Errors: invalid, with
// the field as place.
base::Result<std::string> look_into(const std::filesystem::path& file, const releases::NewRelease& release);

} // namespace oakum::server
