// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace oakum::device_lists {

// What others call a fact. The names are folded and separated by spaces, the best first: of two columns that
// fit, the one with the better name is taken.
struct Synonyms {
    std::string_view fact;
    std::string_view names;
};
// In the order in which facts choose their columns.
std::span<const Synonyms> synonyms();
// Of what is about persons; a fact that is empty is never taken, asked for or not.
std::span<const Synonyms> synonyms_of_persons();

// Letters and digits only, in lower case, without accents: "Geräte-Name" is "geratename".
std::string folded(std::string_view text);
// Where the name stands in the list; npos when it does not.
std::size_t rank_of(std::string_view names, std::string_view name);

} // namespace oakum::device_lists
