// SPDX-License-Identifier: Apache-2.0
#include "scan_target.hpp"

#include "rpm_database.hpp"
#include "settings.hpp"

#include <advisory/match.hpp>

#include <algorithm>
#include <compression/decompressor.hpp>
#include <feeds/kind.hpp>
#include <filesystem>
#include <packages/installed.hpp>
#include <sbom/document.hpp>
#include <span>

namespace oakum::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 64 << 20;

// Whether a path ends within the folder when its links are followed.
base::Result<bool> is_inside(const fs::path& root, const fs::path& path) {
    std::error_code failed;
    const fs::path inside = fs::canonical(root, failed);
    if (failed) return base::unavailable(root.string() + ": " + failed.message());
    const fs::path real = fs::weakly_canonical(path, failed);
    if (failed) return base::unavailable(path.string() + ": " + failed.message());
    return std::mismatch(inside.begin(), inside.end(), real.begin(), real.end()).first == inside.end();
}

// A file of a root file system; nothing when it is not there. A link out of the folder is not followed: an
// image's absolute links lead into this machine. One that is there and cannot be read is an error.
base::Result<std::optional<std::string>> file_in(const fs::path& root, const char* name, Target& target) {
    using Text = std::optional<std::string>;
    std::error_code failed;
    const fs::path path = root / name;
    if (!fs::exists(fs::symlink_status(path, failed))) return Text();
    TRY_VALUE(const bool inside, is_inside(root, path));
    if (!inside) {
        target.notes.push_back(std::string(name) + " leads out of " + target.path + " and was not read");
        return Text();
    }
    if (!fs::exists(path, failed)) return Text();
    TRY_VALUE(std::string text, read_file(path.string(), kLargestFile));
    return Text(std::move(text));
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

// The first of these files that is there.
base::Result<std::optional<std::string>> first_in(const fs::path& root,
                                                  std::initializer_list<const char*> names, Target& target) {
    for (const char* name : names) {
        TRY_VALUE(std::optional<std::string> text, file_in(root, name, target));
        if (text) return text;
    }
    return std::optional<std::string>();
}

// The files of a folder of a root file system with that ending, sorted; nothing where it leads out of it.
std::vector<fs::path> files_in(const fs::path& root, const char* folder, std::string_view ending) {
    std::vector<fs::path> files;
    if (const auto inside = is_inside(root, root / folder); !inside.ok() || !*inside) return files;
    std::error_code failed;
    for (fs::directory_iterator at(root / folder, failed), end; !failed && at != end; at.increment(failed))
        if (std::error_code wrong; (ending.empty() || at->path().extension() == ending) &&
                                   !at->is_symlink(wrong) && at->is_regular_file(wrong))
            files.push_back(at->path());
    std::ranges::sort(files);
    return files;
}

// Small files one after the other, an empty line between two. What of them is not read is noted.
std::string all_of(const std::vector<fs::path>& files, Target& target) {
    constexpr std::size_t largest = 1 << 20;
    std::string all;
    for (const fs::path& file : files) {
        const std::size_t left = kLargestFile - std::min(kLargestFile, all.size());
        const auto text = read_file(file.string(), std::min(largest, left));
        if (!text.ok()) {
            target.notes.push_back("reading stopped at " + file.string() + ": " + text.error().text());
            break;
        }
        all.append(*text).append("\n\n");
    }
    return all;
}

// What opkg keeps of each package beside its status.
std::string opkg_controls(const fs::path& root, Target& target) {
    std::string all;
    for (const char* where : {"usr/lib/opkg/info", "var/lib/opkg/info"})
        if (all.empty()) all = all_of(files_in(root, where, ".control"), target);
    return all;
}

using Packages = std::vector<component::Component>;

void take(Packages packages, Target& target) {
    target.components.insert(target.components.end(), std::make_move_iterator(packages.begin()),
                             std::make_move_iterator(packages.end()));
}

// A database of packages that is there and is not read: what is in it is not assessed, and never nothing.
void name_unread(const char* where, const std::string& why, Target& target) {
    component::Component packages;
    packages.name = std::string("packages in ").append(where);
    target.components.push_back(std::move(packages));
    target.notes.push_back(std::string(where) + " of " + target.path + " is not read: " + why +
                           "; its packages are not assessed, scan an SBOM of it");
}

bool is_filled_folder(const fs::path& path) {
    std::error_code failed;
    return fs::is_directory(fs::symlink_status(path, failed)) && !fs::is_empty(path, failed) && !failed;
}

// rpm's database; one of the two places may be a link to the other.
void add_rpm(const fs::path& root, const packages::OsRelease& system, Target& target) {
    for (const char* where : {"var/lib/rpm", "usr/lib/sysimage/rpm"}) {
        const fs::path file = root / where / "rpmdb.sqlite";
        if (!is_filled_folder(root / where)) continue;
        const auto inside = is_inside(root, file);
        if (std::error_code failed; !inside.ok() || !*inside || !fs::is_regular_file(file, failed)) {
            name_unread(where, "of rpm's databases the one of SQLite alone is known", target);
            continue;
        }
        auto read = read_rpm_database(file.string(), system);
        if (read.ok())
            take(*std::move(read), target);
        else
            name_unread(where, read.error().text(), target);
    }
}

// dpkg's packages of images that have no package manager: a file each.
void add_dpkg_folder(const fs::path& root, const packages::OsRelease& system, Target& target) {
    constexpr const char* where = "var/lib/dpkg/status.d";
    if (!is_filled_folder(root / where)) return;
    std::vector<fs::path> files = files_in(root, where, "");
    std::erase_if(files, [](const fs::path& file) { return file.extension() == ".md5sums"; });
    const std::size_t noted = target.notes.size();
    Packages found = packages::read_dpkg_folder(all_of(files, target), system);
    if (found.size() < files.size() || target.notes.size() > noted)
        name_unread(where, "not each of its files is one package", target);
    take(std::move(found), target);
}

base::Result<Target> read_root(const std::string& path) {
    Target target{path, path, "root file system", {}, {}, {}};
    TRY_VALUE(const auto os_release, first_in(path, {"etc/os-release", "usr/lib/os-release"}, target));
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
    TRY_VALUE(const auto dpkg, first_in(path, {"var/lib/dpkg/status"}, target));
    if (dpkg) take(packages::read_dpkg(*dpkg, system), target);
    TRY_VALUE(const auto apk, first_in(path, {"lib/apk/db/installed", "usr/lib/apk/db/installed"}, target));
    if (apk) take(packages::read_apk(*apk, system), target);
    TRY_VALUE(const auto opkg, first_in(path, {"usr/lib/opkg/status", "var/lib/opkg/status"}, target));
    if (opkg) take(packages::read_opkg(*opkg, packages::most_packages, opkg_controls(path, target)), target);
    add_dpkg_folder(path, system, target);
    add_rpm(path, system, target);
    if (target.components.empty())
        return base::not_found("it is a folder without etc/os-release, lib/modules or the packages of dpkg, "
                               "apk, opkg or rpm; give a "
                               "root file system, or an SBOM");
    return target;
}

} // namespace

base::Result<std::string> read_document(const std::string& path) {
    TRY_VALUE(std::string text, read_file(path, kLargestFile));
    const auto bytes = base::as_bytes(text);
    const auto encoding = compression::detect(bytes);
    if (encoding != compression::Encoding::gzip && encoding != compression::Encoding::zstd) return text;
    compression::Limits limits;
    limits.max_output = kLargestFile;
    auto unpacked = compression::decompress(bytes, limits);
    if (!unpacked.ok()) return std::move(unpacked).error().wrap(path + ", unpacked");
    return std::string(base::as_text(*unpacked));
}

base::Result<Target> read_target(const std::string& path) {
    if (std::error_code failed; fs::is_directory(path, failed)) {
        auto target = read_root(path);
        if (!target.ok()) return std::move(target).error().wrap(path);
        return target;
    }
    TRY_VALUE(const std::string text, read_document(path));
    auto document = sbom::parse(text);
    if (!document.ok()) return std::move(document).error().wrap(path);
    Target target{path,
                  document->name.empty() ? path : document->name + " " + document->version,
                  document->format,
                  std::move(document->components),
                  std::move(document->statements),
                  {},
                  std::move(document->references)};
    if (target.components.empty()) { // nothing was looked at, which is not clean
        component::Component whole;
        whole.name = target.name.empty() ? path : target.name;
        target.components.push_back(std::move(whole));
        target.notes.push_back(path + " names no component: nothing is known of what is in it");
    }
    if (document->warned > 0)
        target.notes.push_back(std::to_string(document->warned) + " entries of " + path +
                               " were left out; the first: " + document->warnings.front());
    return target;
}

base::Result<Vex> read_vex(const std::string& path) {
    TRY_VALUE(const std::string text, read_document(path));
    Vex vex;
    if (const auto kind = feeds::detect(text, path); kind.ok() && *kind == feeds::FeedKind::csaf) {
        TRY_VALUE(vex.of_products, load_advisories({path}));
        return vex;
    }
    auto said = stated::read(text);
    if (!said.ok())
        return std::move(said).error().wrap(path + ", as OpenVEX, CSAF, CycloneDX, cve-check or pkg-stats");
    vex.said = *std::move(said);
    return vex;
}

namespace {

// What a maker's advisory says as a statement; nothing where it cannot tell.
std::optional<component::StatementStatus> status_of(const advisory::ComponentVerdict& verdict) {
    switch (verdict.verdict) {
    case advisory::Verdict::affected:
        return component::StatementStatus::affected;
    case advisory::Verdict::not_affected:
        return component::StatementStatus::not_affected;
    case advisory::Verdict::fixed:
        return component::StatementStatus::fixed;
    case advisory::Verdict::unknown:
        if (verdict.reason == advisory::Reason::under_investigation)
            return component::StatementStatus::under_investigation;
        break;
    }
    return std::nullopt;
}

} // namespace

base::Result<std::size_t> apply(const Vex& vex, Target& target) {
    TRY_VALUE(std::size_t used,
              stated::apply(vex.said, target.components, target.statements, target.name, target.references));
    // A CSAF document is asked as every feed is; what it says of a component is said of that one.
    const advisory::AdvisoryFile& products = vex.of_products.file;
    if (products.size() == 0) return used;
    const advisory::Platform platform(target.components);
    for (std::uint32_t place = 0; place < target.components.size(); ++place)
        for (const advisory::ComponentVerdict& verdict :
             advisory::match(products, target.components[place], platform, advisory::Detail::everything)) {
            const auto status = status_of(verdict);
            if (!status) continue;
            ++used;
            const std::string why = advisory::evidence(products, target.components[place], verdict).rule;
            TRY(stated::say({std::string(products.id(verdict.advisory)), "", *status, why}, false,
                            std::span(&place, 1), target.components, target.statements));
        }
    return used;
}

} // namespace oakum::cli
