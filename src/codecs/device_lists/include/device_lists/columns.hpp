// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::device_lists {

// How the meaning of a column was found out.
enum class How : std::uint8_t {
    named,      // its head is the fact's name
    guessed,    // its head is one of the names that others give the fact
    remembered, // told by hand in an earlier import of a file with these heads
    told,       // told by hand now
    left_out    // nothing of it is taken
};
std::string_view to_string(How how);

struct Column {
    std::string head;
    std::string fact; // empty: left out. Beside keys of facts: kId and kGroup
    How how = How::left_out;
    bool about_a_person = false;
};
// What a column may mean beside a fact: the device's id here, and the group that it joins.
inline constexpr std::string_view kId = "id", kGroup = "group";

// Meanings by hand: by the head as it stands in the file; an empty meaning leaves the column out.
using Told = std::map<std::string, std::string>;
enum class Persons : bool { left_out, wanted };

// Which column means what.
struct Layout {
    std::string name;  // of a system whose export it is; empty: of nobody's in particular
    std::string heads; // the name of its set of heads
    std::vector<Column> columns;
    std::map<std::string, std::string> constants; // what each of its devices has: {"manufacturer", "Apple"}
};

// Errors: invalid (told of a head that is not there, a meaning that is none, two columns of one meaning).
base::Result<Layout> lay_out(std::span<const std::string> heads, const Told& told, const Told& remembered,
                             Persons persons);
// The same for the same set of heads in any order.
std::string name_of_heads(std::span<const std::string> heads);

} // namespace oakum::device_lists
