// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>

#include <string>
#include <string_view>

namespace oakum::ports {

// Keeps secrets that have to be read again out of the store's plain text (design 7). Callable from any
// thread.
class Sealer {
  public:
    virtual ~Sealer() = default;
    // Text that only opens with the same key and for the same purpose ("totp of USER"). Errors: unavailable.
    virtual base::Result<std::string> seal(base::ByteView secret, std::string_view purpose) = 0;
    // Errors: corrupt (changed, of another key or for another purpose).
    virtual base::Result<base::Bytes> open(std::string_view sealed, std::string_view purpose) = 0;
};

} // namespace oakum::ports
