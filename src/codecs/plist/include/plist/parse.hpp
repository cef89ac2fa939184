// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plist/value.hpp>

namespace oakum::plist {

struct Limits {
    std::size_t max_bytes = std::size_t{4} << 20; // of the document, and of all that it holds once unfolded
    std::size_t max_depth = 24;                   // arrays and dictionaries inside each other
    std::size_t max_values = 100'000;
};

// A document of either form. Errors: invalid, too_large, with the place (a line, or a byte).
base::Result<Value> parse(std::string_view document, const Limits& limits = {});

} // namespace oakum::plist
