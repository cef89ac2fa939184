// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/archive.hpp>

#include <string>
#include <string_view>

// The names in a backup and what its first entry says.
namespace oakum::backup {

inline constexpr std::string_view kAbout = "oakum-backup.json"; // the first
inline constexpr std::string_view kSums = "SHA256SUMS";         // the last
inline constexpr std::string_view kStore = "oakum.db";
inline constexpr std::string_view kAdvisories = "advisories.oadb"; // compiled from feeds/kept
inline constexpr std::string_view kArtifacts = "artifacts/";
inline constexpr std::size_t kLongestAbout = 64 << 10;
inline constexpr std::size_t kLongestSums = 64 << 20; // more than half a million parts

// Of the few places that a backup fills, and one plain name in it.
bool is_part(std::string_view name);

std::string to_text(const About& about);
// Errors: corrupt, conflict (of a newer form).
base::Result<About> about_from(std::string_view text);

} // namespace oakum::backup
