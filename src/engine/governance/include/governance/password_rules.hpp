// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string_view>

namespace oakum::governance {

// At least 12 characters, at most 1024 bytes of UTF-8, not the user's name and not one of the worst. No rules
// of composition: length is what counts. Errors: invalid, saying which rule.
base::Status check_password(std::string_view password, std::string_view user);
// Letters, digits, '.', '_', '-', '@'; 1 to 128 of them. Errors: invalid.
base::Status check_user_name(std::string_view name);
// What people call their things: 1 to `max` bytes of UTF-8 without control characters. Errors: invalid.
base::Status check_label(std::string_view label, std::size_t max = 128);

} // namespace oakum::governance
