// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace oakum::packages {

// What of os-release(5) says which system it is; each at most 200 bytes, empty when it is not stated.
struct OsRelease {
    std::string id;         // "debian"
    std::string version_id; // "12"
    std::string pretty_name;
};
OsRelease read_os_release(std::string_view text);

} // namespace oakum::packages
