// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call.hpp"

namespace oakum::api {

// The change feed as server-sent events, from Last-Event-ID or from now, for as long as the caller may.
// Errors: invalid, unavailable (too many streams).
base::Result<std::shared_ptr<ports::EventStream>> open_event_stream(Context& context, const Call& call);

// One change as an event's text.
std::string event_text(const ports::ChangeRow& change);

} // namespace oakum::api
