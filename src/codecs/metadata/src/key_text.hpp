// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/metadata.hpp>

#include <base/result.hpp>

#include <string>
#include <string_view>

namespace oakum::metadata {

// The key as it stands in a list of keys.
std::string key_text(const trust::Key& key);
// A file as it stands in a list of releases.
std::string target_text(const trust::TargetFile& file);

// Ids are opaque to who verifies. People compare them, so what they are asked to sign may not give a key the
// id of another one; what is trusted already is left as it is. Errors: denied.
base::Status check_ids(const trust::Keys& next, const trust::Keys& present, std::string_view whose);
trust::Keys delegated_keys(const trust::Targets& targets);

} // namespace oakum::metadata
