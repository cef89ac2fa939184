// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/record.hpp>

namespace oakum::intake_files {

// Empty text: an empty record. Errors: invalid.
base::Result<intake::Record> read_record(std::string_view text);
std::string write_record(const intake::Record& record);

} // namespace oakum::intake_files
