// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Queries put together as text, for people to read and to ask again.
namespace oakum::device {

// A value in quotes that means exactly this text: no star in it stands for anything.
std::string as_literal(std::string_view text);

// What both queries name; an empty one names everything.
std::string both(std::string_view one, std::string_view other);

} // namespace oakum::device
