// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "show.hpp"

namespace oakum::cli {

// What a query can ask about, from the table that the parser goes by; as JSON also how values are written,
// how conditions join and the limits, which is what docs/reference/query.md is made of. Needs no server.
base::Status show_query_fields(const Shown& shown);

} // namespace oakum::cli
