// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call.hpp"

namespace oakum::api {

struct Route;

// Whether the caller would rather have a table than JSON.
bool wants_csv(const ports::HttpRequest& request);

// The same list as CSV, all of it: page after page is asked of the route's own handler as fast as the peer
// reads, and none is held longer. What goes wrong before the first row is a problem as always; what goes
// wrong later stands in the last line. Errors: invalid (a cursor or a limit), and what the handler says.
void answer_csv(Context& context, const Route& route, Call call);

} // namespace oakum::api
