// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace oakum::source {

// A feed that lost more than a tenth of its records, and more than ten, is rather cut or broken than new:
// publishers withdraw records by saying so, and seldom take them away.
constexpr bool has_shrunk(std::uint64_t held, std::uint64_t arrived) {
    return arrived < held && held - arrived > 10 && held - arrived > held / 10;
}

} // namespace oakum::source
