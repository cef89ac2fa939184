// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>

#include <string>

namespace oakum::exchange {

// "https://HOST[:PORT]" under which this request reached us, for addresses in its own answer: what a proxy
// says in X-Forwarded-Proto, -Host and -Port, else the Host header. Empty when neither names a host.
std::string origin_of(const ports::HttpRequest& request);

} // namespace oakum::exchange
