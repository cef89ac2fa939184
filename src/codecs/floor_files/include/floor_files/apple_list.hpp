// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <floor/offered.hpp>

namespace oakum::floor_files {

// How large such a list may be; the one of August 2026 has 200 KB.
inline constexpr std::size_t kLargestAppleList = 8 << 20;

// The feed of iOS and iPadOS as SOFA publishes it (v2): branches, in each its releases with the models that
// they are offered to, and what people call the models. Errors: invalid (it is no such feed), too_large.
base::Result<floor::Offered> read_apple_list(std::string_view text);

} // namespace oakum::floor_files
