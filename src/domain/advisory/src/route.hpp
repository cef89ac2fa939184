// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evaluate.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace oakum::advisory {

// Which advisories a component is judged by, or why by none.
struct Route {
    enum class By : std::uint8_t { nothing, distribution, system, names } by = By::nothing;
    std::string_view why_not;      // lives for ever; what is filed under the keys judges nevertheless
    std::vector<std::string> keys; // where its rules are filed
    std::string release; // of a distribution or an ecosystem: whether its advisories are here was asked
    std::string version; // when the route knows better than the component
    // Of a distribution's package: whether any record names it was asked.
    std::string source = {};
};

// A component as rules look at it, and where they are looked for.
struct Routed {
    Subject subject;
    Route route;
};
Subject subject_of(const component::Component& component);
Routed routed(const AdvisoryFile& file, const component::Component& component, const Look& platform);

// By its name or CPE name, whatever its version.
bool is_linux(const component::Component& component, std::string_view cpe_key);

} // namespace oakum::advisory
