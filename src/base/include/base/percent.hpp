// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace oakum::base {

// Everything but unreserved characters (RFC 3986 section 2.3).
std::string percent_encoded(std::string_view text);

} // namespace oakum::base
