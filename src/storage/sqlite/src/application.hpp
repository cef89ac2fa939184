// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace oakum::sqlite {

// "OAKM" in the header of the file says whose it is.
inline constexpr std::int64_t kApplicationId = 0x4f414b4d;

} // namespace oakum::sqlite
