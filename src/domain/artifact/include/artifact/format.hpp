// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace oakum::artifact {

// What an installer must understand, told by the end of an artifact's name: ".raucb", ".swu", ".raw", ".deb"
// and
// ".debs" (an archive of several) are "raucb", "swu", "raw" and "deb", ".update" is "program"; everything
// else is "tar", as artifacts were before their names said more.
std::string format_of(std::string_view name);

} // namespace oakum::artifact
