// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <transparency/proof.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

// RFC 6962 2.1 as it is written, over all leaves at once.
namespace oakum::transparency::naive {

using Leaves = std::span<const Hash>;

inline std::vector<Hash> leaves(std::size_t count) {
    std::vector<Hash> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(leaf_hash(base::as_bytes("entry " + std::to_string(i))));
    return all;
}
inline std::size_t split(std::size_t size) {
    std::size_t left = 1;
    while (2 * left < size)
        left *= 2;
    return left;
}
// MTH(D[n])
inline Hash root(Leaves all) {
    if (all.empty()) return base::sha256("");
    if (all.size() == 1) return all[0];
    const std::size_t left = split(all.size());
    return node_hash(root(all.first(left)), root(all.subspan(left)));
}
// PATH(m, D[n])
inline Proof path(std::size_t index, Leaves all) {
    if (all.size() == 1) return {};
    const std::size_t left = split(all.size());
    Proof proof = index < left ? path(index, all.first(left)) : path(index - left, all.subspan(left));
    proof.push_back(index < left ? root(all.subspan(left)) : root(all.first(left)));
    return proof;
}
// SUBPROOF(m, D[n], b)
inline Proof subproof(std::size_t older, Leaves all, bool whole) {
    if (older == all.size()) return whole ? Proof() : Proof{root(all)};
    const std::size_t left = split(all.size());
    Proof proof = older <= left ? subproof(older, all.first(left), whole)
                                : subproof(older - left, all.subspan(left), false);
    proof.push_back(older <= left ? root(all.subspan(left)) : root(all.first(left)));
    return proof;
}
inline Nodes nodes(const std::vector<Hash>& all) {
    return [&all](unsigned level, std::uint64_t index) -> base::Result<Hash> {
        const std::uint64_t begin = index << level, size = 1ULL << level;
        if (begin + size > all.size()) return base::bug("a node that is not complete was asked for");
        return root(Leaves(all).subspan(begin, size));
    };
}

} // namespace oakum::transparency::naive
