// SPDX-License-Identifier: Apache-2.0
#include "phone_system.hpp"

#include <optional>

namespace oakum::assessment {

bool is_phone_system(const component::Component& component) {
    return component.kind == component::Kind::operating_system &&
           (component.name == "ios" || component.name == "ipados" || component.name == "android");
}

const component::Component* phone_system_of(const AssessedSet& set) {
    for (const component::Component& component : set.components())
        if (is_phone_system(component)) return &component;
    return nullptr;
}

std::string phone_system_name(std::string_view component) {
    return component == "ios" ? "iOS" : component == "ipados" ? "iPadOS" : "Android security patch level";
}

std::string highest_fix(const AssessedSet& set, const component::Component& system) {
    const version::Scheme scheme =
        system.name == "android" ? version::Scheme::android_spl : version::Scheme::ios;
    std::optional<version::Version> best;
    for (const advisory::SetVerdict& found : set.assessment.verdicts) {
        if (found.verdict.verdict != advisory::Verdict::affected) continue;
        const auto fixed =
            version::Version::parse(scheme, advisory::fixed_in(set.knowledge->file, found.verdict));
        if (fixed.ok() && (!best || version::compare_keys(fixed->key(), best->key()) > 0)) best = *fixed;
    }
    return best ? best->text() : "";
}

std::string phone_update_id(std::string_view name, std::string_view version) {
    return "system:" + std::string(name) + ":" + std::string(version);
}

} // namespace oakum::assessment
