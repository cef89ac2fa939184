// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarms/watcher.hpp>

#include <filesystem>
#include <optional>

namespace oakum::server {

// Room on the disk that holds that folder; nothing: it cannot be read.
std::optional<alarms::Surroundings::Disk> disk_of(const std::filesystem::path& data);

} // namespace oakum::server
