// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oakum::http {

// The path and query of a request, decoded once and normalised once: whoever routes and whoever authorises
// see the same string.
struct Target {
    std::string path; // begins with '/', no "." or "..", no empty segment inside
    std::vector<std::pair<std::string, std::string>> query; // in order, at most 64
};

// Origin form ("/a/b?c=d"). Refused: %2f, %5c, %00 and their like, controls, malformed escapes or UTF-8,
// backslashes, and paths that climb above the root. "." and ".." are resolved after decoding, repeated
// slashes become one, and '+' is a space in the query only. Errors: invalid.
base::Result<Target> parse_target(std::string_view target);

} // namespace oakum::http
