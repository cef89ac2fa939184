// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device_lists/columns.hpp>

#include <string>

// What was told by hand of a file's columns, kept for the next file with the same heads.
namespace oakum::fleet {

// The document's name.
std::string columns_document(const std::string& heads);
// What each column means; those about persons are not among them.
std::string columns_json(const device_lists::Layout& layout);
// Nothing of what cannot be read: then the columns are guessed.
device_lists::Told remembered_columns(const std::string& body);

} // namespace oakum::fleet
