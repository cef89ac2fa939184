// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <string>

namespace oakum::android_management {

struct Claims {
    std::string issuer, key_id; // of the service account
    std::string scope, audience;
    base::TimePoint now{};
};
// A JSON Web Token of RS256 that lasts an hour (RFC 7519, RFC 7523). `private_key` is PEM. Errors: invalid
// (no RSA key of 2048 bits or more), without what is in it.
base::Result<std::string> assertion(const Claims& claims, const std::string& private_key);

} // namespace oakum::android_management
