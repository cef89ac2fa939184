// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace oakum::api {

// openapi.json as it stood when this was built.
std::string_view openapi_document();

} // namespace oakum::api
