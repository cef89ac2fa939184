// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/knowledge.hpp>
#include <version/version.hpp>

#include <string>
#include <string_view>

namespace oakum::assessment {

// The systems of phones and tablets, whose makers offer each update whole.
bool is_phone_system(const component::Component& component);
// The set's, or null.
const component::Component* phone_system_of(const AssessedSet& set);
// "iOS", "Android security patch level"
std::string phone_system_name(std::string_view component);
// The highest version that ends something in the set; empty when nobody states one.
std::string highest_fix(const AssessedSet& set, const component::Component& system);
// Of the row of the queue that is about such an update.
std::string phone_update_id(std::string_view name, std::string_view version);

} // namespace oakum::assessment
