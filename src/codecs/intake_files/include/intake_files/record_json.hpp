// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/record.hpp>

namespace oakum::intake_files {

// Empty text: an empty record. Errors: invalid.
base::Result<intake::Record> read_record(std::string_view text);
std::string write_record(const intake::Record& record);

// Empty text: none. Errors: invalid.
base::Result<std::vector<intake::Attachment>> read_attachments(std::string_view text);
std::string write_attachments(const std::vector<intake::Attachment>& attachments);

} // namespace oakum::intake_files
