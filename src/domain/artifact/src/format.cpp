// SPDX-License-Identifier: Apache-2.0
#include <artifact/format.hpp>

#include <array>
#include <utility>

namespace oakum::artifact {

std::string format_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEndings{{{".raucb", "raucb"},
                                                                                     {".swu", "swu"},
                                                                                     {".raw", "raw"},
                                                                                     {".deb", "deb"},
                                                                                     {".debs", "deb"},
                                                                                     {".update", "program"}}};
    for (const auto& [ending, format] : kEndings)
        if (name.ends_with(ending)) return std::string(format);
    return "tar";
}

} // namespace oakum::artifact
