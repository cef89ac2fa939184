// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <component/component.hpp>
#include <plist/value.hpp>

#include <map>
#include <string>
#include <vector>

namespace oakum::apple_messages {

using Facts = std::map<std::string, std::string>;

// "iPhone17,1": its platform, kind and maker.
Facts facts_of_product(std::string_view product);
// What a phone answered, as facts under our keys; what is not there, of another type or too long is left out.
Facts facts_of_device_information(const plist::Dict& answer);
Facts facts_of_security_info(const plist::Dict& answer);
// Nothing: it is no list.
std::optional<std::vector<component::Component>> apps_of(const plist::Dict& answer);

} // namespace oakum::apple_messages
