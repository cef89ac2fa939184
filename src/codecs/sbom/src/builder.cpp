// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <component/cpe.hpp>
#include <component/purl.hpp>

#include <algorithm>
#include <array>

namespace oakum::sbom {
namespace {

constexpr std::size_t max_warnings = 100;
constexpr std::array<std::string_view, 6> package_types{"deb", "rpm", "apk", "opkg", "ipk", "alpm"};

} // namespace

Status Builder::count() {
    if (++met_ > limits_.max_components)
        return base::too_large("more than " + std::to_string(limits_.max_components) + " components");
    return {};
}

void Builder::add(Component component) {
    if (known_.insert(component).second) document_.components.push_back(std::move(component));
}

Status Builder::add(Statement statement) {
    const std::string key = statement.advisory + '\n' + statement.component_name + '\n' +
                            std::to_string(static_cast<int>(statement.status)) + '\n' +
                            statement.version.value_or("") + '\n' + statement.purl.value_or("");
    if (!said_.insert(key).second) return {};
    if (said_.size() > limits_.max_statements)
        return base::too_large("more than " + std::to_string(limits_.max_statements) + " statements");
    document_.statements.push_back(std::move(statement));
    return {};
}

void Builder::warn(const json::Value& where, std::string_view what) {
    ++document_.warned;
    if (document_.warnings.size() < max_warnings)
        document_.warnings.push_back(where.place() + ": " + std::string(what));
}

std::string Builder::purl(const json::Value& where, const std::string& text) {
    const auto parsed = component::Purl::parse(text);
    if (parsed.ok()) return parsed->text();
    warn(where, "the purl is not used: " + parsed.error().message);
    return {};
}

std::string Builder::cpe(const json::Value& where, const std::string& text) {
    const auto parsed = component::Cpe::parse(text);
    if (parsed.ok()) return parsed->text();
    warn(where, "the CPE name is not used: " + parsed.error().message);
    return {};
}

Kind refined(Kind stated, const Component& component) {
    if (component.cpe.starts_with("cpe:2.3:o:linux:linux_kernel:") ||
        component.cpe.starts_with("cpe:2.3:*:*:linux_kernel:") || component.name == "linux" ||
        component.name == "linux-kernel")
        return Kind::kernel;
    // "o:vendor:camera_firmware" given for the camera itself.
    if (stated == Kind::hardware && !component.cpe.empty() && !component.cpe.starts_with("cpe:2.3:h:"))
        return Kind::firmware;
    const auto managed = [&](std::string_view type) {
        return component.purl.starts_with("pkg:" + std::string(type) + "/");
    };
    const bool part = stated == Kind::library || stated == Kind::application;
    if (part && std::any_of(package_types.begin(), package_types.end(), managed)) return Kind::package;
    return stated;
}

} // namespace oakum::sbom
