// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/restore.hpp>

#include <string_view>

namespace oakum::backup {

// Called before each change of the data folder, with what it is about to do; an error ends there, as a power
// cut would. For the tests that cut everywhere.
using BeforeStep = std::function<base::Status(std::string_view)>;

base::Result<Restored> restore(const std::filesystem::path& file, const std::filesystem::path& data,
                               const CheckStore& check, const BeforeStep& before);
base::Status settle(const std::filesystem::path& data, const BeforeStep& before);

} // namespace oakum::backup
