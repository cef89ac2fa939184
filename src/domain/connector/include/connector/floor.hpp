// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::connector {

// What devices of a platform have to run at least.
struct Floor {
    std::string platform;    // "ios" (iPadOS too) or "android"
    std::string version;     // of the system; empty: any
    std::string patch_level; // Android's, a day; empty: any
    std::uint32_t days = 7;  // until a device that falls short loses its access
    // When the platform may install, in minutes after midnight on the device's own clock; the same: at any
    // time.
    std::uint32_t install_from = 0, install_to = 0;
    bool operator==(const Floor&) const = default;
};
// Errors: invalid, with its place.
base::Status check(const Floor& floor);
// "iOS 26.4", "Android 16 with the patch level 2026-08-05"
std::string words(const Floor& floor);

// The devices of a connector that a floor is about, and those that fall short of it, in the query language: a
// device that does not say what it runs is neither.
std::string devices_of(const Floor& floor, std::string_view connector);
std::string below(const Floor& floor); // the second part alone
std::string short_of(const Floor& floor, std::string_view connector);

// Of "16": 36. Nothing for a release that is not known here.
std::optional<unsigned> api_level_of(std::string_view android_version);

} // namespace oakum::connector
