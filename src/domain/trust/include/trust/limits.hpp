// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

// What one document and one refresh may cost. docs/pouf.md has the same figures with their reasons.
namespace oakum::trust::limits {

inline constexpr std::uint64_t root_bytes = 512'000, timestamp_bytes = 16'384, snapshot_bytes = 2'000'000,
                               targets_bytes = 5'000'000, order_bytes = 16'384;
inline constexpr std::size_t signatures = 64;   // of one document
inline constexpr std::size_t keys = 256;        // known to one document
inline constexpr std::size_t keys_of_role = 64; // listed for one role
inline constexpr std::size_t threshold = 64;
inline constexpr std::size_t targets = 20'000;       // in one targets document
inline constexpr std::size_t delegated_roles = 1024; // of one delegator
inline constexpr std::size_t patterns = 1024;        // of one delegated role
inline constexpr std::size_t snapshot_roles = 20'000;
inline constexpr std::size_t name_bytes = 1024;    // of a target path, a role name, a key id, a pattern
inline constexpr std::size_t root_rotations = 256; // in one refresh
inline constexpr std::size_t visited_roles = 32;   // in one search for a target
inline constexpr std::size_t delegation_depth = 8;
// The largest number that every JSON implementation keeps exactly.
inline constexpr std::uint64_t version = (std::uint64_t{1} << 53) - 1;

} // namespace oakum::trust::limits
