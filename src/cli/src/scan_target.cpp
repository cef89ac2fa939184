// SPDX-License-Identifier: Apache-2.0
#include "scan_target.hpp"

#include "settings.hpp"

#include <algorithm>
#include <filesystem>
#include <packages/installed.hpp>
#include <sbom/document.hpp>

namespace oakum::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 64 << 20;

// A file of a root file system; nothing when it is not there. A link out of the folder is nothing too: an
// image's absolute links lead into this machine.
std::optional<std::string> file_in(const fs::path& root, const char* name) {
    std::error_code failed;
    const fs::path inside = fs::weakly_canonical(root, failed);
    const fs::path path = fs::weakly_canonical(root / name, failed);
    if (failed || !fs::is_regular_file(path, failed)) return std::nullopt;
    if (const auto [end, rest] = std::mismatch(inside.begin(), inside.end(), path.begin(), path.end());
        end != inside.end())
        return std::nullopt;
    auto text = read_file(path.string(), kLargestFile);
    return text.ok() ? std::optional(std::move(text).value()) : std::nullopt;
}

void add_kernels(const fs::path& root, Target& target) {
    for (const char* where : {"lib/modules", "usr/lib/modules"}) {
        std::error_code failed;
        std::vector<std::string> versions;
        for (fs::directory_iterator at(root / where, failed), end; !failed && at != end; at.increment(failed))
            if (std::error_code wrong; at->is_directory(wrong) && !at->is_symlink(wrong))
                versions.push_back(at->path().filename().string());
        std::ranges::sort(versions);
        for (std::string& version : versions) {
            component::Component kernel;
            kernel.kind = component::Kind::kernel;
            kernel.name = "linux";
            kernel.version = std::move(version);
            target.components.push_back(std::move(kernel));
        }
        if (!versions.empty()) return; // where /lib is a link, both are one
    }
}

base::Result<Target> read_root(const std::string& path) {
    Target target{path, path, "root file system", {}, {}, 0};
    auto os_release = file_in(path, "etc/os-release");
    if (!os_release) os_release = file_in(path, "usr/lib/os-release");
    const packages::OsRelease system = packages::read_os_release(os_release.value_or(""));
    if (!system.id.empty()) {
        component::Component os;
        os.kind = component::Kind::operating_system;
        os.name = system.id;
        os.version = system.version_id;
        target.components.push_back(std::move(os));
        if (!system.pretty_name.empty()) target.name = system.pretty_name;
    }
    add_kernels(path, target);
    const auto take = [&target](std::vector<component::Component> packages) {
        target.components.insert(target.components.end(), std::make_move_iterator(packages.begin()),
                                 std::make_move_iterator(packages.end()));
    };
    if (const auto text = file_in(path, "var/lib/dpkg/status")) take(packages::read_dpkg(*text, system));
    for (const char* name : {"lib/apk/db/installed", "usr/lib/apk/db/installed"})
        if (const auto text = file_in(path, name)) {
            take(packages::read_apk(*text, system));
            break;
        }
    for (const char* name : {"usr/lib/opkg/status", "var/lib/opkg/status"})
        if (const auto text = file_in(path, name)) {
            take(packages::read_opkg(*text));
            break;
        }
    if (target.components.empty())
        return base::not_found(
            "it is a folder without etc/os-release, lib/modules or the packages of dpkg, apk or opkg; give a "
            "root file system, or an SBOM");
    return target;
}

} // namespace

base::Result<Target> read_target(const std::string& path) {
    if (std::error_code failed; fs::is_directory(path, failed)) {
        auto target = read_root(path);
        if (!target.ok()) return std::move(target).error().wrap(path);
        return target;
    }
    TRY_VALUE(const std::string text, read_file(path, kLargestFile));
    auto document = sbom::parse(text);
    if (!document.ok()) return std::move(document).error().wrap(path);
    return Target{path,
                  document->name.empty() ? path : document->name + " " + document->version,
                  document->format,
                  std::move(document->components),
                  std::move(document->statements),
                  document->warned};
}

base::Result<Vex> read_vex(const std::string& path) {
    TRY_VALUE(const std::string text, read_file(path, kLargestFile));
    Vex vex;
    if (openvex::is_openvex(text)) {
        auto read = openvex::parse(text);
        if (!read.ok()) return std::move(read).error().wrap(path);
        vex.statements = std::move(read).value();
        return vex;
    }
    auto document = sbom::parse(text);
    if (!document.ok()) return std::move(document).error().wrap(path + ", as OpenVEX or CycloneDX");
    for (const component::Statement& each : document->statements) {
        openvex::Statement& statement = vex.statements.emplace_back();
        statement.vulnerabilities = {each.advisory};
        statement.status = each.status;
        statement.justification = each.justification;
        if (!each.component_name.empty()) statement.about = {each.component_name};
    }
    return vex;
}

std::size_t apply(const Vex& vex, Target& target) {
    std::size_t about_nothing = 0;
    for (const openvex::Statement& statement : vex.statements) {
        std::vector<std::string> named;
        for (const std::string& about : statement.about)
            for (const component::Component& component : target.components)
                if (openvex::names(about, component) &&
                    std::ranges::find(named, component.name) == named.end())
                    named.push_back(component.name);
        if (statement.about.empty()) named.emplace_back();
        about_nothing += named.empty() ? 1 : 0;
        for (const std::string& vulnerability : statement.vulnerabilities)
            for (const std::string& name : named)
                target.statements.push_back({vulnerability, name, statement.status, statement.justification});
    }
    return about_nothing;
}

} // namespace oakum::cli
