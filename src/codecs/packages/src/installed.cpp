// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

#include <component/cpe.hpp>
#include <component/package_names.hpp>
#include <component/purl.hpp>
#include <packages/installed.hpp>

#include <algorithm>
#include <unordered_map>

namespace oakum::packages {
namespace {

struct Stanza {
    std::string_view name, version, status, source, source_version, cpe;
    bool source_named = false; // opkg: not told by where it lies
};

// Calls `take` with each stanza; `field` fills one from a line.
template <class Field, class Take> void each_stanza(std::string_view text, Field field, Take take) {
    Stanza stanza;
    Lines lines(text);
    while (auto line = lines.next()) {
        if (line->ends_with('\r')) line->remove_suffix(1);
        if (!line->empty()) {
            field(*line, stanza);
            continue;
        }
        take(stanza);
        stanza = {};
    }
    take(stanza);
}

bool value_of(std::string_view line, std::string_view key, std::string_view& into) {
    if (!line.starts_with(key)) return false;
    into = line.substr(key.size());
    while (into.starts_with(' '))
        into.remove_prefix(1);
    return true;
}

void read_deb822(std::string_view line, Stanza& stanza) {
    if (value_of(line, "Package:", stanza.name) || value_of(line, "Version:", stanza.version) ||
        value_of(line, "Status:", stanza.status) || value_of(line, "CPE-ID:", stanza.cpe))
        return;
    // "openssl" or, where the versions differ, "openssl (3.0.11-1)".
    if (!value_of(line, "Source:", stanza.source)) return;
    const std::size_t open = stanza.source.find(" (");
    if (open == std::string_view::npos || !stanza.source.ends_with(')')) return;
    stanza.source_version = stanza.source.substr(open + 2, stanza.source.size() - open - 3);
    stanza.source = stanza.source.substr(0, open);
}

// "openssl" of "package/libs/openssl", "curl" of "curl_8.7.1.bb"; empty for addresses and lists of them.
std::string_view source_of_opkg(std::string_view text) {
    if (text.find_first_of(" :?") != std::string_view::npos) return {};
    if (const auto slash = text.rfind('/'); slash != std::string_view::npos) text.remove_prefix(slash + 1);
    return text.ends_with(".bb") ? text.substr(0, text.find('_')) : text;
}

// Who states the source by its name outranks who states where it lies.
void read_opkg_line(std::string_view line, Stanza& stanza) {
    std::string_view source;
    if (value_of(line, "SourceName:", source) || value_of(line, "OE:", source)) {
        stanza.source = source;
        stanza.source_named = true;
    } else if (value_of(line, "Source:", source)) {
        if (!stanza.source_named) stanza.source = source_of_opkg(source);
    } else {
        static_cast<void>(value_of(line, "Package:", stanza.name) ||
                          value_of(line, "Version:", stanza.version) ||
                          value_of(line, "Status:", stanza.status) || value_of(line, "CPE-ID:", stanza.cpe));
    }
}

void read_apk_line(std::string_view line, Stanza& stanza) {
    static_cast<void>(value_of(line, "P:", stanza.name) || value_of(line, "V:", stanza.version) ||
                      value_of(line, "o:", stanza.source));
}

std::string purl_of(std::string_view type, const Stanza& stanza, const OsRelease& system) {
    component::Purl purl;
    purl.type = type;
    purl.name_space = system.id;
    purl.name = stanza.name;
    purl.version = stanza.version;
    if (!system.id.empty() && !system.version_id.empty())
        purl.qualifiers.emplace_back("distro", system.id + "-" + system.version_id);
    const bool same_version = stanza.source_version.empty() || stanza.source_version == stanza.version;
    if (is_text(stanza.source) && (stanza.source != stanza.name || !same_version))
        purl.qualifiers.emplace_back("upstream",
                                     std::string(stanza.source) +
                                         (same_version ? "" : "@" + std::string(stanza.source_version)));
    const std::string text = purl.text();
    return component::Purl::parse(text).ok() ? text : std::string();
}

std::string opkg_purl(const Stanza& stanza) {
    component::Purl purl;
    purl.type = "opkg";
    purl.name = stanza.name;
    purl.version = stanza.version;
    if (is_text(stanza.source) && stanza.source != stanza.name)
        purl.qualifiers.emplace_back("upstream", std::string(stanza.source));
    const std::string text = purl.text();
    return component::Purl::parse(text).ok() ? text : std::string();
}

std::string cpe_of(const Stanza& stanza) {
    if (!is_text(stanza.cpe)) return {};
    auto cpe = component::Cpe::parse(stanza.cpe);
    if (!cpe.ok()) return {};
    auto version = component::Cpe::parse(
        "cpe:2.3:a:v:p:" + std::string(component::without_package_revision(stanza.version)) +
        ":*:*:*:*:*:*:*");
    // What the maker states has no version; the package's has one that a CPE can hold, or none that is known.
    component::CpeAttribute& own = cpe->attributes[static_cast<std::size_t>(component::CpeField::version)];
    if (own.kind == component::CpeAttribute::Kind::any && version.ok())
        own = (*version)[component::CpeField::version];
    return cpe->text();
}

} // namespace

namespace {

std::vector<component::Component> debs(std::string_view text, const OsRelease& system, std::size_t at_most,
                                       bool (*is_installed)(const Stanza&)) {
    std::vector<component::Component> packages;
    each_stanza(text, read_deb822, [&](const Stanza& stanza) {
        if (!is_text(stanza.name) || !is_text(stanza.version) || !is_installed(stanza) ||
            packages.size() >= at_most)
            return;
        component::Component& package = packages.emplace_back();
        package.name = stanza.name;
        package.version = stanza.version;
        package.purl = purl_of("deb", stanza, system);
    });
    return packages;
}

} // namespace

std::vector<component::Component> read_dpkg(std::string_view status, const OsRelease& system,
                                            std::size_t at_most) {
    return debs(status, system, at_most,
                [](const Stanza& stanza) { return stanza.status.ends_with(" installed"); });
}

std::vector<component::Component> read_dpkg_folder(std::string_view stanzas, const OsRelease& system,
                                                   std::size_t at_most) {
    return debs(stanzas, system, at_most, [](const Stanza& stanza) {
        return stanza.status.empty() || stanza.status.ends_with(" installed");
    });
}

std::vector<component::Component> read_apk(std::string_view installed, const OsRelease& system,
                                           std::size_t at_most) {
    std::vector<component::Component> packages;
    each_stanza(installed, read_apk_line, [&](const Stanza& stanza) {
        if (!is_text(stanza.name) || !is_text(stanza.version) || packages.size() >= at_most) return;
        component::Component& package = packages.emplace_back();
        package.name = stanza.name;
        package.version = stanza.version;
        package.purl = purl_of("apk", stanza, system);
    });
    return packages;
}

std::vector<component::Component> read_opkg(std::string_view status, std::size_t at_most,
                                            std::string_view controls) {
    std::unordered_map<std::string_view, Stanza> told; // by name
    each_stanza(controls, read_opkg_line, [&](const Stanza& stanza) {
        if (told.size() < most_packages) told.emplace(stanza.name, stanza);
    });
    std::vector<component::Component> packages;
    each_stanza(status, read_opkg_line, [&](Stanza stanza) {
        if (!is_text(stanza.name) || !is_text(stanza.version) || !stanza.status.ends_with(" installed") ||
            packages.size() >= at_most)
            return;
        if (const auto more = told.find(stanza.name);
            more != told.end() && more->second.version == stanza.version) {
            if (stanza.cpe.empty()) stanza.cpe = more->second.cpe;
            if (!more->second.source.empty()) stanza.source = more->second.source;
        }
        component::Component& package = packages.emplace_back();
        package.name = stanza.name;
        package.version = stanza.version;
        package.cpe = cpe_of(stanza);
        package.purl = opkg_purl(stanza);
    });
    return packages;
}

} // namespace oakum::packages
