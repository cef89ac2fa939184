// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <ports/http.hpp>

#include <string>

namespace oakum::http {

// What the HTTP layer itself has to say, as every other error that leaves the server: problem+json with an id
// under which the log has it. `who`: the peer, for the log.
ports::HttpResponse refusal(base::LogSink& log, const std::string& who, int status, std::string reason);

} // namespace oakum::http
