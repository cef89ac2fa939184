// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>
#include <component/component.hpp>
#include <packages/os_release.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace oakum::packages {

// What a package manager's own file says is installed. Stanzas that cannot be read (no name, no version,
// longer than 200 bytes each) are passed over, and whatever comes after `at_most` packages; the rest is read.
//
// Each has a purl with its distribution ("distro=debian-12") and, where it differs, the source that it was
// built from
// ("upstream=openssl@3.0.11-1~deb12u2"): distributions file their advisories under sources.
inline constexpr std::size_t most_packages = 100'000;

// var/lib/dpkg/status, deb822: only what is "installed".
std::vector<component::Component> read_dpkg(std::string_view status, const OsRelease& system,
                                            std::size_t at_most = most_packages);
// The files of var/lib/dpkg/status.d, an empty line between two, as images without a package manager have
// them: what stands there is installed.
std::vector<component::Component> read_dpkg_folder(std::string_view stanzas, const OsRelease& system,
                                                   std::size_t at_most = most_packages);
// lib/apk/db/installed of Alpine: lines "P:name", "V:version", "o:origin".
std::vector<component::Component> read_apk(std::string_view installed, const OsRelease& system,
                                           std::size_t at_most = most_packages);
// usr/lib/opkg/status of OpenWrt and Yocto: as dpkg's. Such packages have no advisories of their own: what
// they are is said by their CPE-ID where the maker states one.
// `controls`: the files usr/lib/opkg/info/*.control, an empty line between two; they tell more of the same
// versions: CPE-ID, and the source in SourceName (OpenWrt), OE (OpenEmbedded's recipe) or Source.
std::vector<component::Component> read_opkg(std::string_view status, std::size_t at_most = most_packages,
                                            std::string_view controls = {});

// One header of rpm's database (a row of Packages in rpmdb.sqlite); nothing where it is a key. With the
// source RPM and the module that it is of. Errors: corrupt.
base::Result<std::optional<component::Component>> read_rpm(base::ByteView header, const OsRelease& system);

} // namespace oakum::packages
