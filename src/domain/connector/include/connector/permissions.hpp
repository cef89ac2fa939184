// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connector/connector.hpp>

#include <span>
#include <string_view>

namespace oakum::connector {

// What somebody has to grant there, by its name there.
struct Permission {
    std::string_view name;
    bool only_for_apps = false;
    std::string_view reason; // what is asked with it, and for what
};
std::span<const Permission> permissions(Kind kind);

// What a person does there, in order.
std::span<const std::string_view> steps(Kind kind);
// What the connector changes there, in a sentence.
std::string_view writes(Kind kind);

} // namespace oakum::connector
