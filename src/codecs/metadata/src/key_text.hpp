// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/metadata.hpp>

#include <string>

namespace oakum::metadata {

// The key as it stands in a list of keys.
std::string key_text(const trust::Key& key);

} // namespace oakum::metadata
