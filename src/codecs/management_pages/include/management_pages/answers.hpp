// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace oakum::management_pages {

struct Token {
    std::string text;
    std::chrono::seconds good_for{};
};
// RFC 6749, section 5.1. Errors: invalid.
base::Result<Token> token_of(std::string_view body);

// What a refusal says, in a line for people: OAuth's error and description, or the error object of Microsoft
// Graph and of Google's APIs. Empty: nothing that can be shown.
std::string error_in(std::string_view body);

} // namespace oakum::management_pages
