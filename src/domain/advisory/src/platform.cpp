// SPDX-License-Identifier: Apache-2.0
#include "names.hpp"

#include <advisory/judged.hpp>
#include <component/package_names.hpp>

#include <algorithm>

namespace oakum::advisory {

namespace {

// "o:linux:linux_kernel" and other systems by their vendor and product.
std::string_view family_of_key(std::string_view key) {
    if (!key.starts_with("o:")) return {};
    return key == kernel_cpe_key ? "linux" : system_family(key.substr(key.rfind(':') + 1));
}

// "pkg:deb/debian/libc6@2.36-9?upstream=glibc"
bool states_source(const component::Component& component) {
    const auto& purl = component.purl;
    return (purl.starts_with("pkg:deb/") || purl.starts_with("pkg:rpm/") || purl.starts_with("pkg:apk/")) &&
           (purl.find("?upstream=") != std::string::npos || purl.find("&upstream=") != std::string::npos);
}

} // namespace

void Platform::add(std::string_view text, std::string_view version) {
    const auto cpe = component::Cpe::parse(text);
    if (!cpe.ok()) return;
    auto known = version_text(*cpe);
    if (known.empty()) known = version;
    for (auto& key : component::keys_of(*cpe)) {
        hardware_ = hardware_ || key.front() == 'h';
        system_ = system_ || key.front() == 'o';
        if (family_.empty()) family_ = family_of_key(key);
        versions_.emplace(std::move(key), known);
    }
}

// Declared systems first: what the device says of itself outranks what is guessed from its parts.
void Platform::add_systems(std::span<const component::Component> set) {
    for (const auto& component : set) {
        if (component.kind == component::Kind::hardware) hardware_names_.push_back(component.name);
        if (component.kind != component::Kind::operating_system) continue;
        system_ = true;
        if (const auto family = system_family(component.name); family_.empty() && !family.empty())
            family_ = family;
        if (distribution_.empty())
            distribution_ = distribution_release(lower(component.name), component.version).value_or("");
    }
}

void Platform::add_names(std::span<const component::Component> set) {
    for (const auto& component : set) {
        if (!component.cpe.empty())
            add(component.cpe, component.version);
        else if (component.kind == component::Kind::kernel && lower(component.name).starts_with("linux"))
            add("cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*", component.version);
        else if (component.kind == component::Kind::operating_system)
            for (const auto name : system_cpes(component.name))
                add(name, component.version);
    }
}

Platform::Platform(std::span<const component::Component> set, std::span<const component::Component> beneath)
    : applications_(!set.empty()), states_sources_(std::ranges::any_of(set, states_source)) {
    add_systems(set);
    add_systems(beneath);
    add_names(set);
    add_names(beneath);
}

std::vector<std::string> Platform::versions(std::string_view key) const {
    std::vector<std::string> out;
    const auto [first, last] = versions_.equal_range(key);
    for (auto it = first; it != last; ++it)
        out.push_back(it->second);
    return out;
}

const Platform& Surroundings::platform() const {
    if (known_ != nullptr) return *known_;
    if (!made_) made_.emplace(set_, beneath_);
    return *made_;
}

bool Asked::same_on(const Platform& platform) const {
    return (!family || *family == platform.family()) &&
           (!distribution || *distribution == platform.distribution()) &&
           (!hardware || *hardware == platform.hardware()) &&
           (!states_sources || *states_sources == platform.states_sources()) &&
           std::all_of(knows.begin(), knows.end(),
                       [&](const auto& one) { return one.second == platform.knows(one.first); }) &&
           std::all_of(versions.begin(), versions.end(),
                       [&](const auto& one) { return one.second == platform.versions(one.first); });
}

} // namespace oakum::advisory
