// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/carried_folder.hpp>

#include <filesystem>

namespace oakum::system {

enum class Make : bool { no, yes };

// Errors: not_found, invalid (it is no folder), denied, unavailable. The path itself is the person's, who may
// have links in it.
base::Result<std::unique_ptr<ports::CarriedFolder>> open_carried(const std::filesystem::path& path,
                                                                 Make make = Make::no);

} // namespace oakum::system
