// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <cstdint>
#include <string>

namespace oakum::releases {

// Few releases have one, so it stands beside the row, as a decimal counter.
inline std::string floor_name(ports::ReleaseId id) {
    return "release-floor/" + id.text();
}
std::uint64_t read_floor(const std::string& body);

} // namespace oakum::releases
