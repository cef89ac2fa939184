// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

// What devices of other systems, and those systems, call the facts of a device.
namespace oakum::device {

// "x." and the name in what a key may have; at most 62 bytes.
std::string attribute_key(std::string_view attribute);

struct Meaning {
    std::string_view attribute; // as attribute_key() folds it, without "x."
    std::string_view key;       // the fact of ours that it is
};
// What runs, the model, its revision, the maker. Of several attributes for one fact the first that is said
// counts.
std::span<const Meaning> attribute_meanings();

// Attributes as facts: all under "x." and their own name, and those that mean one of ours under that too.
// Values are cut to 2048 bytes of whole characters, without control characters; empty ones are left out.
std::map<std::string, std::string> facts_of_attributes(const std::map<std::string, std::string>& attributes);

} // namespace oakum::device
