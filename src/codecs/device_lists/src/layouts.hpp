// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::device_lists {

struct Meaning {
    std::string_view head; // folded
    std::string_view fact; // empty: left out
};
// An export of another system, known by its heads.
struct KnownLayout {
    std::string_view name;
    std::string_view one_of;  // folded heads; one of them is there
    std::string_view several; // and at least `least` of these
    std::size_t least = 0;
    std::span<const Meaning> meanings;  // where they differ from the synonyms, best first
    std::span<const Meaning> constants; // fact (as `fact`) and value (as `head`), where no column says it
};

// Null: nobody's in particular.
const KnownLayout* known_layout(const std::vector<std::string>& folded_heads);

} // namespace oakum::device_lists
