// SPDX-License-Identifier: Apache-2.0
#include "route.hpp"

#include "layout.hpp"
#include "names.hpp"

#include <component/identity.hpp>
#include <component/package_names.hpp>
#include <component/same_products.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace oakum::advisory {

using component::Component;
using version::Scheme;

namespace {

constexpr std::string_view only_a_name = "it has no identifier that an advisory could name";
constexpr std::string_view no_source =
    "the source that it is built from is not stated, and no advisory of its distribution has its name";
constexpr std::string_view no_vendor =
    "its CPE name states no vendor, and the table of packages does not know it";

// Advisories are of sources. A name without its source that none of them has may be one of many packages of a
// source that has another name, unless others of the set say theirs.
bool states_source(const AdvisoryFile& file, const component::Purl& purl, const Look& platform,
                   Route& route) {
    if (!purl.qualifier("upstream").empty()) return true;
    route.source = source_in(route.release, purl.name);
    return file.covers(route.source) || platform.states_sources();
}

// Packages that a kernel's source builds beside it, of which no fault of the kernel's is one.
bool has_no_kernel_code(std::string_view name, std::string_view source) {
    if (!source.starts_with("linux") && !source.starts_with("kernel")) return false;
    static constexpr std::array beginnings{
        std::string_view("linux-libc-dev"), std::string_view("linux-doc"),
        std::string_view("kernel-headers"), std::string_view("kernel-doc"),
        std::string_view("kernel-devel"),   std::string_view("kernel-macros")};
    return std::ranges::any_of(beginnings, [&](std::string_view one) { return name.starts_with(one); }) ||
           (name.starts_with("linux-") && name.find("-headers") != std::string_view::npos);
}

Route distribution_route(const AdvisoryFile& file, const component::Purl& purl, const Look& platform,
                         bool has_cpe) {
    Route route;
    auto release = distribution_of(purl);
    if (release.empty()) release = platform.distribution();
    route.release = release;
    route.version = source_version(purl);
    route.keys.push_back(stated_key(purl.type, purl.full_name()));
    const auto source = source_package(purl);
    const bool judged = !has_no_kernel_code(purl.name, source);
    if (!release.empty() && judged) route.keys.push_back(distribution_key(release, source));
    if (const auto modules = release_of_modules(release); !modules.empty() && judged)
        route.keys.push_back(distribution_key(modules, source));
    if (!release.empty() && file.covers(release)) {
        route.by = Route::By::distribution;
        if (judged && !states_source(file, purl, platform, route)) route.why_not = no_source;
        return route;
    }
    // A builder's own packages (Yocto, Buildroot) have no advisories of their own: their CPE names count.
    if (release.empty() && has_cpe && !is_known_distribution(purl.name_space)) {
        route.by = Route::By::names;
        return route;
    }
    const bool unknown = !purl.name_space.empty() && !is_known_distribution(purl.name_space);
    route.why_not = is_without_advisories(purl.name_space) || (release.empty() && unknown)
                        ? "no advisories of its distribution are in any feed that is read here"
                    : release.empty() ? "the release of its distribution is not stated"
                                      : "there are no advisories of its distribution's release here";
    return route;
}

// Where a kernel is that upstream's records do not speak of: nobody else judges it by its version.
std::string_view why_no_kernel(const Component& component, const Subject& subject, const Look& platform) {
    auto version = subject.cpe ? version_text(*subject.cpe) : std::string();
    if (version.empty()) version = component.version;
    if (version::kernel_branch(version).starts_with("android") || platform.family() == "android")
        return "an Android kernel is patched by the patch level, which its system reports";
    // "6.1.0-18-amd64" counts builds of a package, whose own version says what it is.
    if (!version.empty() && !version::Version::parse(Scheme::kernel, version).ok() &&
        !platform.distribution().empty())
        return "a distribution's kernel is judged as its package";
    return {};
}

void add_kernel_keys(std::vector<std::string>& keys) {
    keys.push_back(cpe_key(kernel_cpe_key));
    keys.push_back(product_key("linux", "linux"));
    keys.push_back(product_key("linux", "linux_kernel"));
    keys.push_back(product_key("linux", "kernel"));
}

void add_cpe_keys(const component::Cpe& cpe, std::string_view key, std::vector<std::string>& keys) {
    keys.push_back(cpe_key(key));
    const auto& vendor = cpe[component::CpeField::vendor];
    const auto& product = cpe[component::CpeField::product];
    const auto part = cpe[component::CpeField::part].value;
    // The kernel's headers are named a:linux:linux_kernel, and have no code of it.
    if (part != "h" && !(part == "a" && key.ends_with(":linux:linux_kernel")))
        keys.push_back(product_key(vendor.plain(), product.plain()));
    // CVE records name the device: "Tenda", "ax1806".
    if (auto device = product.plain(); part == "o" && device.ends_with(firmware_ending)) {
        device.resize(device.size() - firmware_ending.size());
        keys.push_back(product_key(vendor.plain(), device));
        keys.push_back(product_key(run_together(vendor.plain()), device));
    }
    if (const auto other = name_at_cna(key); !other.empty()) keys.push_back(product_key(other, other));
}

void add_cpe_keys(const Subject& subject, std::vector<std::string>& keys) {
    if (!subject.cpe || subject.cpe_key.empty()) return;
    add_cpe_keys(*subject.cpe, subject.cpe_key, keys);
    for (const auto& other : subject.other_keys)
        add_cpe_keys(component::with_key(*subject.cpe, other), other, keys);
}

bool is_named(const AdvisoryFile& file, const std::vector<std::string>& keys) {
    const AdvisoryFile::Reader reader(file);
    return std::ranges::any_of(keys, [&](const std::string& key) { return reader.find(key).count != 0; });
}

// What only its package URL names: without its ecosystem's advisories nobody speaks of it, unless some record
// names the package itself.
std::string_view why_no_package(const AdvisoryFile& file, const component::Purl& purl, Route& route) {
    route.release = purl.type;
    if (file.covers(purl.type)) return {};
    return is_named(file, route.keys) ? std::string_view() : why_uncovered(purl.type);
}

// By the names of products, and nothing here speaks of any, or of this kind: silence is no verdict.
std::string_view why_no_records(const AdvisoryFile& file, bool is_system, bool is_kernel,
                                const std::vector<std::string>& keys) {
    if (!is_system && !is_kernel && file.covers(layout::kProductNames)) return {};
    if (is_named(file, keys)) return {};
    return is_system   ? "no advisories of this system's maker are here"
           : is_kernel ? "no records of the Linux kernel are here"
                       : "no records that name products (NVD's or CVE's) are here";
}

bool states_no_vendor(const Subject& subject) {
    return subject.cpe &&
           (*subject.cpe)[component::CpeField::vendor].kind == component::CpeAttribute::Kind::any;
}

Route route_of(const AdvisoryFile& file, const Component& component, const Subject& subject,
               const Look& platform) {
    const auto purl = purl_of(component);
    Route route;
    if (purl.ok() && (purl->type == "deb" || purl->type == "rpm" || purl->type == "apk")) {
        route = distribution_route(file, *purl, platform, subject.cpe.has_value());
        if (route.by != Route::By::names) return route;
        route = {Route::By::nothing, {}, {}, std::move(route.release), {}};
    }
    const auto system = component.kind == component::Kind::operating_system ? mobile_system(component.name)
                                                                            : std::string_view();
    if (!system.empty()) {
        route.by = Route::By::system;
        route.keys.push_back(system_key(system));
        if (system == "android") { // CPE names of Android know no patch level
            route.why_not = why_no_records(file, true, false, route.keys);
            return route;
        }
    }
    const bool kernel = is_linux(component, subject.cpe_key);
    if (kernel) {
        route.why_not = why_no_kernel(component, subject, platform);
        if (!route.why_not.empty()) return route;
        add_kernel_keys(route.keys);
    }
    add_cpe_keys(subject, route.keys);
    const bool named = !route.keys.empty();
    // A name that only the package URL tells is one of a product where some record has it.
    if (const auto names = component::vendor_product(component))
        route.keys.push_back(product_key(names->vendor, names->product));
    if (named) route.why_not = why_no_records(file, !system.empty(), kernel, route.keys);
    if (purl.ok()) {
        if (!purl->version.empty()) route.version = purl->version;
        route.keys.push_back(package_key(purl->type, purl->full_name()));
        route.keys.push_back(stated_key(purl->type, purl->full_name()));
        if (!named || !route.why_not.empty()) {
            const auto why = why_no_package(file, *purl, route);
            if (!named || why.empty()) route.why_not = why;
        }
        if (!route.why_not.empty() && states_no_vendor(subject)) route.why_not = no_vendor;
    }
    if (route.keys.empty() && component.kind != component::Kind::hardware)
        route.why_not = !component.bundle_id.empty() ? "no advisories are known by the id of an app"
                        : states_no_vendor(subject)  ? no_vendor
                                                     : only_a_name;
    else if (system.empty())
        route.by = Route::By::names;
    return route;
}

// Where notices of our own may stand.
void add_own_keys(const Component& component, std::vector<std::string>& keys) {
    if (const auto purl = component::Purl::parse(component.purl); purl.ok())
        keys.push_back(own_key(package_key(purl->type, purl->full_name())));
    if (!component.name.empty()) keys.push_back(own_key(component.name));
    if (!component.bundle_id.empty()) keys.push_back(own_key(component.bundle_id));
}

void name_by(Subject& subject, const component::Cpe& cpe, std::span<const std::string> keys) {
    subject.cpe = component::with_key(cpe, keys.front());
    subject.cpe_key = keys.front();
    subject.other_keys.assign(keys.begin() + 1, keys.end());
}

// Packages of embedded Linux, or of nobody in particular, whose names the table of packages may know.
void name_by_package(Subject& subject, const Component& component) {
    static constexpr std::array types{std::string_view("pkg:opkg/"),    std::string_view("pkg:generic/"),
                                      std::string_view("pkg:conan/"),   std::string_view("pkg:yocto/"),
                                      std::string_view("pkg:openwrt/"), std::string_view("pkg:buildroot/")};
    if (component.kind == component::Kind::operating_system || component.kind == component::Kind::hardware ||
        std::ranges::none_of(types, [&](std::string_view type) { return component.purl.starts_with(type); }))
        return;
    const auto purl = component::Purl::parse(component.purl);
    if (!purl.ok()) return;
    const auto known = component::keys_of_package(source_package(*purl));
    if (known.empty()) return;
    name_by(subject, component::Cpe{}, std::vector<std::string>(known.begin(), known.end()));
    subject.by_package = true;
}

// What is made in a repository.
void name_by_repository(Subject& subject, const Component& component) {
    if (!component.purl.starts_with("pkg:github/") && !component.purl.starts_with("pkg:gitlab/")) return;
    const auto purl = component::Purl::parse(component.purl);
    if (!purl.ok()) return;
    const auto known = component::keys_of_repository(purl->full_name());
    if (known.empty()) return;
    name_by(subject, component::Cpe{}, std::vector<std::string>(known.begin(), known.end()));
    subject.by_package = true;
}

// NVD knows some products under several names.
void add_other_names(Subject& subject) {
    if (!subject.cpe || subject.cpe_key.empty()) return;
    std::vector<std::string> own{subject.cpe_key};
    own.insert(own.end(), subject.other_keys.begin(), subject.other_keys.end());
    for (const auto& key : own)
        for (const auto other : component::other_names(key))
            if (other != subject.cpe_key &&
                std::ranges::find(subject.other_keys, other) == subject.other_keys.end())
                subject.other_keys.emplace_back(other);
}

void set_version(Subject& subject, const Route& route) {
    std::string with_update;
    std::string alone;
    // Of a package, whether or not its distribution's advisories are here.
    const bool package = route.by == Route::By::distribution || route.by == Route::By::nothing;
    if (!package && subject.cpe) {
        with_update = version_text(*subject.cpe);
        const auto& version = (*subject.cpe)[component::CpeField::version];
        if (version.kind == component::CpeAttribute::Kind::value) alone = version.plain();
    }
    // What has no identifier has a version nevertheless, by which notices of our own may mean it.
    const bool named = route.by == Route::By::nothing && route.version.empty();
    if (with_update.empty())
        with_update = alone = (package && !named) || subject.component->version.empty()
                                  ? route.version
                                  : subject.component->version;
    const auto& purl = subject.component->purl;
    if (subject.by_package && (purl.starts_with("pkg:opkg/") || purl.starts_with("pkg:openwrt/")))
        with_update = alone = std::string(component::without_package_revision(alone));
    if ((purl.starts_with("pkg:github/") || purl.starts_with("pkg:gitlab/")) &&
        !version::Version::parse(Scheme::generic, alone).ok())
        with_update = alone = std::string(version_of_tag(alone));
    subject.version = VersionText(std::move(with_update));
    subject.version_alone = VersionText(std::move(alone));
}

} // namespace

Subject subject_of(const Component& component) {
    Subject subject;
    subject.component = &component;
    if (component.cpe.empty()) {
        name_by_package(subject, component);
        name_by_repository(subject, component);
    } else if (auto cpe = component::Cpe::parse(component.cpe); cpe.ok()) {
        subject.cpe_key = cpe->key();
        if (const auto keys = subject.cpe_key.empty() ? component::keys_of(*cpe) : std::vector<std::string>();
            !keys.empty())
            name_by(subject, *cpe, keys);
        else
            subject.cpe = *std::move(cpe);
    }
    add_other_names(subject);
    if (component.kind == component::Kind::kernel && subject.cpe_key.empty() && is_linux(component, {}))
        subject.cpe_key = kernel_cpe_key;
    return subject;
}

bool is_linux(const Component& component, std::string_view cpe_key) {
    const auto name = lower(component.name);
    return cpe_key == kernel_cpe_key ||
           (component.kind == component::Kind::kernel &&
            (name == "linux" || name == "linux_kernel" || name == "linux-kernel"));
}

Routed routed(const AdvisoryFile& file, const Component& component, const Look& platform) {
    Routed out{subject_of(component), {}};
    out.route = route_of(file, component, out.subject, platform);
    add_own_keys(component, out.route.keys);
    set_version(out.subject, out.route);
    return out;
}

} // namespace oakum::advisory
