// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device_lists/file.hpp>

namespace oakum::device_lists {

base::Result<std::unique_ptr<File>> open_table(std::string_view text, const Wishes& wishes);

} // namespace oakum::device_lists
