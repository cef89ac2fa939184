// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>

#include <string>
#include <string_view>

namespace oakum::exchange {

// A file that is held in memory, for GET and HEAD: whole, or 304 to who has it. `cache`: what Cache-Control
// says.
ports::HttpResponse answer_small_file(const ports::HttpRequest& request, std::string bytes,
                                      std::string_view type, std::string_view cache);

} // namespace oakum::exchange
