// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <component/cpe.hpp>

#include <string>
#include <string_view>
#include <vector>

// Under which CPE names packages of embedded Linux are known, by the recipes of Buildroot, OpenWrt and
// OpenEmbedded. Names that no recipe has are not guessed.
namespace oakum::component {

// "a:vendor:product" of a package by its name, whatever its case; of several the usual one first.
std::vector<std::string_view> keys_of_package(std::string_view name);

// A name that leaves open its part or its vendor, as Yocto writes them ("cpe:2.3:*:*:busybox:1.37.0:..."),
// as each key that it can be; the name's own key when it leaves neither open. Empty when nobody says.
std::vector<std::string> keys_of(const Cpe& cpe);

// Of what opkg and bitbake count, the version that upstream knows: "3.0.13-1" is the first package of 3.0.13,
// "1.37.0-r2" one of 1.37.0.
std::string_view without_package_revision(std::string_view version);

// The name with the part, vendor and product of such a key.
Cpe with_key(const Cpe& cpe, std::string_view key);

} // namespace oakum::component
