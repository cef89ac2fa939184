// SPDX-License-Identifier: Apache-2.0
#include "surroundings.hpp"

namespace oakum::server {

std::optional<alarms::Surroundings::Disk> disk_of(const std::filesystem::path& data) {
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(data, error);
    if (error) return std::nullopt;
    return alarms::Surroundings::Disk{space.available, space.capacity};
}

} // namespace oakum::server
