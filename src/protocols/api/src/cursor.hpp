// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <string_view>

namespace oakum::api {

// What a page leaves for the next one, in letters. `list` says which list and filter it belongs to: a cursor
// of another one is refused, since its place means nothing there. Not a secret and not signed: services check
// the place.
std::string encode_cursor(std::string_view list, std::string_view after);
// Errors: invalid.
base::Result<std::string> decode_cursor(std::string_view list, std::string_view cursor);

} // namespace oakum::api
