// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>

namespace oakum::ports {

// Slow on purpose (argon2id). Blocking; callable from several threads, never from the writer's.
class Passwords {
  public:
    virtual ~Passwords() = default;
    // Encoded with its salt and costs. Errors: unavailable.
    virtual base::Result<std::string> hash(const std::string& password) = 0;
    // Errors: corrupt (not an encoded hash).
    virtual base::Result<bool> verify(const std::string& password, const std::string& encoded) = 0;
};

} // namespace oakum::ports
