// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>

namespace oakum::json {

// The "OLPC" canonical form that TUF signs (POUF-1): names sorted by code point, no whitespace, only '\' and
// '"' escaped and all else raw, so that the result is not always JSON; unknown members stay. Errors: invalid
// for a number that is not whole.
Result<std::string> canonical(const Value& value);

} // namespace oakum::json
