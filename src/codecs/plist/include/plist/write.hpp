// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plist/value.hpp>

namespace oakum::plist {

// As XML, with the document type that Apple names. What XML cannot hold of a text (control characters) is
// written as U+FFFD.
std::string write_xml(const Value& value);

} // namespace oakum::plist
