// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::trust {

// A role's name as one file or URL segment: all but letters, digits and "-._~" becomes %XX, so that no name
// can leave its folder.
std::string escape_role(std::string_view role);

// "targets.json": the file that a client keeps.
std::string local_name(std::string_view role);
// "7.targets.json": the file that a repository serves.
std::string served_name(std::string_view role, std::uint64_t version);

// Relative, '/' between segments that are neither empty, "." nor "..", printable UTF-8 without '\\'. Errors:
// invalid.
base::Status check_target_path(std::string_view path);
// "dir/HASH.name": where a repository with consistent snapshots serves a target; the hash is in hexadecimal,
// any that it was signed with.
std::string served_target(std::string_view path, std::string_view hash);
// A path as part of a URL: as above, with '/' between the segments.
std::string escape_path(std::string_view path);

} // namespace oakum::trust
