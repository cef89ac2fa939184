// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../attestations/tests/signing.hpp"

#include <vendor_files/read_at.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace oakum::vendor_files::testing {

inline std::string data(const std::string& name) {
    std::ifstream file(std::string(OAKUM_SOURCE_DIR) + "/tests/data/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Bytes as a file that is read in small pieces.
inline File file_of(std::string bytes) {
    const auto held = std::make_shared<const std::string>(std::move(bytes));
    return {held->size(), [held](std::uint64_t at, std::size_t size) -> base::Result<base::Bytes> {
                const std::size_t from = std::min<std::size_t>(at, held->size());
                const auto piece = base::as_bytes(*held).subspan(
                    from, std::min({size, held->size() - from, std::size_t{1000}}));
                return base::Bytes(piece.begin(), piece.end());
            }};
}

using attestations::testing::Signing;

} // namespace oakum::vendor_files::testing
