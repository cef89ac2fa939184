// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <functional>

// The Merkle tree of RFC 6962 section 2.1.
namespace oakum::transparency {

using Hash = base::Digest256;

// Entries and inner nodes are hashed apart, so that neither can stand for the other.
Hash leaf_hash(base::ByteView entry);
Hash node_hash(const Hash& left, const Hash& right);
// Of a log without entries.
Hash empty_root();

// The node over the complete subtree of the leaves [index << level, (index + 1) << level); level 0 are the
// leaves. Asked only for subtrees that lie within the size that was named.
using Nodes = std::function<base::Result<Hash>(unsigned level, std::uint64_t index)>;

// Errors: what `nodes` answers.
base::Result<Hash> root_of(std::uint64_t size, const Nodes& nodes);
// Of the leaves [begin, end), where `begin` is where a subtree of a larger tree begins. Errors: bug (no such
// subtree), what `nodes` answers.
base::Result<Hash> range_hash(std::uint64_t begin, std::uint64_t end, const Nodes& nodes);

// The largest power of two below `size`, which is at least 2: how many leaves are left of the root.
std::uint64_t left_of(std::uint64_t size);

} // namespace oakum::transparency
