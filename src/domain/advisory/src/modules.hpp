// SPDX-License-Identifier: Apache-2.0
// Modules of RPMs: several streams of one package, each with versions of its own, beside each other in one
// release of a distribution.
#pragma once

#include <component/component.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::advisory {

// Whether a version is that of a module's build: "14.20.0-2.module+el8.6.0+1041+0a503ac4".
bool is_modular(std::string_view version);

// "nodejs:14" of an erratum's title, a line each, a line break before the first; a line break alone for none.
std::string modules_in(std::string_view title);

enum class Stream : std::uint8_t { same, other, unknown };

// Whether a component of that version is in one of the streams. It says so by its purl (rpmmod,
// modularitylabel); where it does not, the package that the module is named after does by its version.
Stream stream_of(const component::Component& component, std::string_view version, std::string_view package,
                 std::string_view modules);

} // namespace oakum::advisory
