// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <version/version.hpp>

#include <array>

namespace oakum::version {
namespace {

using Read = base::Result<std::string> (*)(std::string_view);

struct Row {
    Scheme scheme;
    std::string_view name;
    Read key;
};

// One row a scheme, in the order of the enumeration.
constexpr std::array rows{Row{Scheme::semver, "semver", semver_key},
                          Row{Scheme::deb, "deb", deb_key},
                          Row{Scheme::rpm, "rpm", rpm_key},
                          Row{Scheme::apk, "apk", apk_key},
                          Row{Scheme::pep440, "pep440", pep440_key},
                          Row{Scheme::maven, "maven", maven_key},
                          Row{Scheme::npm, "npm", semver_key},
                          Row{Scheme::go, "go", go_key},
                          Row{Scheme::kernel, "kernel", kernel_key},
                          Row{Scheme::android_spl, "android_spl", android_spl_key},
                          Row{Scheme::ios, "ios", ios_key},
                          Row{Scheme::gem, "gem", gem_key},
                          Row{Scheme::nuget, "nuget", nuget_key},
                          Row{Scheme::bitnami, "bitnami", bitnami_key},
                          Row{Scheme::pub, "pub", pub_key},
                          Row{Scheme::intdot, "intdot", intdot_key},
                          Row{Scheme::generic, "generic", generic_key}};
static_assert(rows.size() == scheme_count);

const Row& row(Scheme scheme) {
    return rows[static_cast<std::size_t>(scheme)];
}

struct Named {
    std::string_view name;
    Scheme scheme;
};

template <std::size_t N>
std::optional<Scheme> find(const std::array<Named, N>& table, std::string_view name) {
    for (const auto& entry : table)
        if (entry.name == name) return entry.scheme;
    return std::nullopt;
}

// What else people call them.
constexpr std::array other_names{
    Named{"dpkg", Scheme::deb},        Named{"debian", Scheme::deb},   Named{"opkg", Scheme::deb},
    Named{"openwrt", Scheme::deb},     Named{"alpine", Scheme::apk},   Named{"pypi", Scheme::pep440},
    Named{"python", Scheme::pep440},   Named{"golang", Scheme::go},    Named{"cargo", Scheme::semver},
    Named{"rubygems", Scheme::gem},    Named{"linux", Scheme::kernel}, Named{"android", Scheme::android_spl},
    Named{"spl", Scheme::android_spl}, Named{"ipados", Scheme::ios},   Named{"macos", Scheme::ios},
    Named{"tvos", Scheme::ios},        Named{"watchos", Scheme::ios},  Named{"visionos", Scheme::ios}};

constexpr std::array purl_types{Named{"deb", Scheme::deb},          Named{"opkg", Scheme::deb},
                                Named{"rpm", Scheme::rpm},          Named{"alpm", Scheme::rpm},
                                Named{"apk", Scheme::apk},          Named{"pypi", Scheme::pep440},
                                Named{"maven", Scheme::maven},      Named{"npm", Scheme::npm},
                                Named{"golang", Scheme::go},        Named{"cargo", Scheme::semver},
                                Named{"hex", Scheme::semver},       Named{"pub", Scheme::pub},
                                Named{"swift", Scheme::semver},     Named{"bitnami", Scheme::bitnami},
                                Named{"nuget", Scheme::nuget},      Named{"gem", Scheme::gem},
                                Named{"composer", Scheme::generic}, Named{"github", Scheme::generic},
                                Named{"gitlab", Scheme::generic},   Named{"conan", Scheme::generic},
                                Named{"generic", Scheme::generic},  Named{"hackage", Scheme::intdot},
                                Named{"yocto", Scheme::generic},    Named{"buildroot", Scheme::generic}};

constexpr std::array ecosystems{Named{"Debian", Scheme::deb},
                                Named{"Ubuntu", Scheme::deb},
                                Named{"Alpine", Scheme::apk},
                                Named{"Chainguard", Scheme::apk},
                                Named{"Wolfi", Scheme::apk},
                                Named{"Rocky Linux", Scheme::rpm},
                                Named{"AlmaLinux", Scheme::rpm},
                                Named{"Red Hat", Scheme::rpm},
                                Named{"SUSE", Scheme::rpm},
                                Named{"openSUSE", Scheme::rpm},
                                Named{"Mageia", Scheme::rpm},
                                Named{"openEuler", Scheme::rpm},
                                Named{"Azure Linux", Scheme::rpm},
                                Named{"PyPI", Scheme::pep440},
                                Named{"Maven", Scheme::maven},
                                Named{"npm", Scheme::npm},
                                Named{"Go", Scheme::go},
                                Named{"crates.io", Scheme::semver},
                                Named{"Hex", Scheme::semver},
                                Named{"Pub", Scheme::pub},
                                Named{"SwiftURL", Scheme::semver},
                                Named{"Bitnami", Scheme::bitnami},
                                Named{"NuGet", Scheme::nuget},
                                Named{"RubyGems", Scheme::gem},
                                Named{"Packagist", Scheme::generic},
                                Named{"OSS-Fuzz", Scheme::generic},
                                Named{"ConanCenter", Scheme::generic},
                                Named{"GitHub Actions", Scheme::semver},
                                Named{"Hackage", Scheme::intdot},
                                Named{"Linux", Scheme::kernel},
                                Named{"Android", Scheme::android_spl}};

constexpr std::array version_types{
    Named{"semver", Scheme::semver}, Named{"rpm", Scheme::rpm},       Named{"maven", Scheme::maven},
    Named{"python", Scheme::pep440}, Named{"pep440", Scheme::pep440}, Named{"npm", Scheme::npm},
    Named{"deb", Scheme::deb},       Named{"dpkg", Scheme::deb},      Named{"apk", Scheme::apk},
    Named{"go", Scheme::go},         Named{"gem", Scheme::gem},       Named{"rubygems", Scheme::gem},
    Named{"nuget", Scheme::nuget},   Named{"intdot", Scheme::intdot}, Named{"spl", Scheme::android_spl}};

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

base::Result<std::string> family_key(Scheme scheme, std::string_view text) {
    text = without_v(text);
    std::vector<std::string_view> numbers;
    while (text != "*") {
        const auto digits = take_digits(text);
        if (digits.empty() || !text.starts_with('.') || numbers.size() == 8)
            return unreadable(row(scheme).name, "a family is numbers, dots and a final *");
        numbers.push_back(digits);
        text.remove_prefix(1);
    }
    switch (scheme) {
    case Scheme::semver:
    case Scheme::npm:
    case Scheme::go:
    case Scheme::kernel:
    case Scheme::nuget:
    case Scheme::bitnami:
    case Scheme::pub:
        return fixed_upper_key(numbers);
    case Scheme::ios:
        return ios_upper_key(numbers);
    case Scheme::generic:
        return generic_upper_key(numbers);
    case Scheme::deb:
    case Scheme::rpm:
    case Scheme::apk:
    case Scheme::pep440:
    case Scheme::maven:
    case Scheme::android_spl:
    case Scheme::gem:
    case Scheme::intdot:
        break;
    }
    return unreadable(row(scheme).name, "this scheme has no families");
}

} // namespace

std::string_view to_string(Scheme scheme) {
    return row(scheme).name;
}

std::optional<Scheme> scheme_from_string(std::string_view text) {
    for (const auto& entry : rows)
        if (entry.name == text) return entry.scheme;
    return find(other_names, text);
}

std::optional<Scheme> scheme_for_purl_type(std::string_view type) {
    return find(purl_types, type);
}

std::optional<Scheme> scheme_for_ecosystem(std::string_view ecosystem) {
    return find(ecosystems, ecosystem.substr(0, ecosystem.find(':')));
}

std::optional<Scheme> scheme_for_version_type(std::string_view label) {
    return find(version_types, lower(label));
}

base::Result<Version> Version::parse(Scheme scheme, std::string_view text) {
    text = trim(text);
    if (text.empty()) return unreadable(row(scheme).name, "it is empty");
    if (text.size() > longest_version) return base::too_large("a version of more than 128 characters");
    TRY_VALUE(std::string key, row(scheme).key(text));
    return Version(scheme, std::string(text), std::move(key));
}

base::Result<Version> Version::parse_upper(Scheme scheme, std::string_view text) {
    text = trim(text);
    if (text.size() > longest_version) return base::too_large("a version of more than 128 characters");
    if (text == "*") return Version(scheme, "*", "\xFF");
    TRY_VALUE(std::string key, family_key(scheme, text));
    return Version(scheme, std::string(text), std::move(key));
}

base::Result<std::strong_ordering> compare(const Version& a, const Version& b) {
    if (a.scheme() != b.scheme())
        return base::invalid(std::string("a ")
                                 .append(to_string(a.scheme()))
                                 .append(" version cannot be compared with a ")
                                 .append(to_string(b.scheme()))
                                 .append(" version"));
    return compare_keys(a.key(), b.key());
}

std::strong_ordering compare_keys(std::string_view a, std::string_view b) {
    return a.compare(b) <=> 0;
}

} // namespace oakum::version
