// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::mender_api {

// What a Mender artifact of version 3 says of itself, before its payload.
struct ArtifactHead {
    std::string name;                      // what a device reports as artifact_name afterwards
    std::vector<std::string> device_types; // on which it installs
    // What a device must provide, by name, and one of which values: "artifact_name" it may come after.
    std::map<std::string, std::vector<std::string>> depends;
    std::vector<std::string> update_modules;     // what installs it: "rootfs-image", "single-file"
    std::map<std::string, std::string> provides; // beside the name
    bool is_signed = false;
};

inline constexpr std::size_t kArtifactHead = 1 << 20; // bytes from its beginning that are enough

// True when these first bytes are of a Mender artifact, whatever its version.
bool is_artifact(std::string_view beginning);
// Reads it from the beginning of the file. Errors: invalid (another version, no name, no device type),
// corrupt (not an archive, a part out of order), too_large (the header does not fit).
base::Result<ArtifactHead> read_artifact_head(std::string_view beginning);

} // namespace oakum::mender_api
