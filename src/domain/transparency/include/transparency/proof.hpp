// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <transparency/tree.hpp>

#include <span>
#include <vector>

namespace oakum::transparency {

using Proof = std::vector<Hash>;
// A tree of 2^64 leaves is no deeper.
inline constexpr std::size_t kMostHashes = 64;

// That the leaf `index` is in the tree of `size` leaves. Errors: invalid (it is not within), what `nodes`
// answers.
base::Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const Nodes& nodes);
// That the tree of `newer` leaves begins with the tree of `older` leaves. Errors: invalid, what `nodes`
// answers.
base::Result<Proof> prove_consistency(std::uint64_t older, std::uint64_t newer, const Nodes& nodes);

// Sizes and roots are what the reader trusts, from a signed checkpoint; leaf and proof are anybody's. Errors:
// denied.
base::Status check_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root,
                             std::span<const Hash> proof);
base::Status check_consistency(std::uint64_t older, const Hash& older_root, std::uint64_t newer,
                               const Hash& newer_root, std::span<const Hash> proof);

} // namespace oakum::transparency
