// SPDX-License-Identifier: Apache-2.0
#include <risk/support.hpp>

#include <algorithm>

namespace oakum::risk {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// Names under which SBOMs list the same project.
std::string_view project_of(std::string_view name) {
    if (name == "libopenssl" || name == "libssl" || name == "libcrypto") return "openssl";
    if (name == "linux-kernel" || name == "linux_kernel" || name == "kernel") return "linux";
    return name;
}

bool is_packaged(std::string_view purl) {
    return purl.starts_with("pkg:deb/") || purl.starts_with("pkg:rpm/") || purl.starts_with("pkg:apk/") ||
           purl.starts_with("pkg:opkg/") || purl.starts_with("pkg:alpm/");
}

} // namespace

std::string_view to_string(SupportEnd::Of of) {
    switch (of) {
    case SupportEnd::Of::model:
        return "model";
    case SupportEnd::Of::system:
        return "system";
    case SupportEnd::Of::component:
        return "component";
    }
    return "?";
}

bool is_of_branch(std::string_view version, std::string_view branch) {
    if (branch.empty()) return true;
    if (!version.starts_with(branch)) return false;
    if (version.size() == branch.size()) return true;
    const char next = version[branch.size()];
    return next < '0' || next > '9';
}

SupportEnds::SupportEnds(std::vector<SupportEnd> rows) : rows_(std::move(rows)) {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        by_name_[{rows_[i].of, lower(rows_[i].name)}].push_back(i);
}

const SupportEnd* SupportEnds::find(SupportEnd::Of of, std::string_view name,
                                    std::string_view version) const {
    const auto rows = by_name_.find({of, lower(name)});
    if (rows == by_name_.end()) return nullptr;
    const SupportEnd* best = nullptr;
    for (const std::size_t i : rows->second)
        if (is_of_branch(version, rows_[i].branch) &&
            (best == nullptr || rows_[i].branch.size() >= best->branch.size()))
            best = &rows_[i];
    return best;
}

const SupportEnd* SupportEnds::of_model(std::string_view model) const {
    return find(SupportEnd::Of::model, model, "");
}

const SupportEnd* SupportEnds::of(const component::Component& component) const {
    if (component.kind == component::Kind::hardware || component.kind == component::Kind::firmware ||
        is_packaged(component.purl))
        return nullptr;
    const bool system = component.kind == component::Kind::operating_system;
    // iPadOS has the branches of iOS.
    const std::string_view name = component.name == "ipados" ? std::string_view("ios") : component.name;
    const std::string plain = lower(name);
    return find(system ? SupportEnd::Of::system : SupportEnd::Of::component,
                system ? name : project_of(plain), component.version);
}

} // namespace oakum::risk
