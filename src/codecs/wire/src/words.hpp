// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <component/component.hpp>

#include <array>
#include <string_view>

namespace oakum::wire {

// In the order of component::Kind.
inline constexpr std::array<std::string_view, 7> kind_words = {
    "firmware", "operating_system", "kernel", "package", "library", "application", "hardware"};

inline std::string_view kind_word(component::Kind kind) {
    return kind_words.at(static_cast<std::size_t>(kind));
}

} // namespace oakum::wire
