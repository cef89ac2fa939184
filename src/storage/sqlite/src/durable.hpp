// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <filesystem>

// Files whose existence survives a power cut.
namespace oakum::sqlite {

// Made with mode 0600 unless it is there, so that what SQLite writes beside it is as private.
base::Status create_private_file(const std::filesystem::path& file);
base::Status sync_file(const std::filesystem::path& file);
base::Status sync_folder_of(const std::filesystem::path& file);

} // namespace oakum::sqlite
