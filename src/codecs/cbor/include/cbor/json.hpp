// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <string_view>

namespace oakum::cbor {

struct Limits {
    std::size_t max_bytes = 1024 * 1024; // of either side
    std::size_t max_depth = 32;
    // For what comes in: keys that are whole numbers become their digits, bytes become base64url, as SenML
    // (RFC 8428) says of both.
    bool wider = false;
};

// The same document as JSON text. Errors: invalid, too_large.
base::Result<std::string> to_json(std::string_view cbor, const Limits& limits = {});
// Errors: invalid (not JSON), too_large.
base::Result<std::string> from_json(std::string_view json, const Limits& limits = {});

} // namespace oakum::cbor
