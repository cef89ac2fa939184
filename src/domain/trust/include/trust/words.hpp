// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/metadata.hpp>

#include <cstdint>
#include <string>
#include <vector>

// What a document says, in sentences for the people who are asked to sign it. Every difference to what is
// trusted today has its line; text from the documents is not made safe for a terminal.
namespace oakum::trust {

// Who holds a key, as the key itself says (letters, digits, '.', '_', '-'); empty when it does not.
std::string holder_of(const Key& key);
// "anna (3f2a9c41b0d2)": enough of an id to tell keys apart, after the name of who holds it.
std::string name_of_key(const KeyId& id, const Keys& keys);

std::vector<std::string> words_of(const Root& next, const Root& present);

// Targets that are in both as they were: how many there are; or each of them, for who has only somebody
// else's word for what is there today.
enum class Rest : std::uint8_t { counted, in_full };
std::vector<std::string> words_of(const Targets& next, const Targets& present, Rest rest);
// The lines of what differs alone; none: nothing but version and end.
std::vector<std::string> differences(const Targets& next, const Targets& present);

// The member of a key that names its holder.
inline constexpr std::string_view kHolder = "x-oakum-holder";

} // namespace oakum::trust
