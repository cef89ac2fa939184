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
    bool only_to_steer = false; // needed once phones are told through it
    std::string_view reason;    // what is asked with it, and for what
};
std::span<const Permission> permissions(Kind kind);

// What a person does there, in order.
std::span<const std::string_view> steps(Kind kind);
enum class Writes : bool { nothing, updates };
// What a connector that is only read, or that phones are told through, changes there, in sentences.
std::string_view writes(Kind kind, Writes what);

} // namespace oakum::connector
