// SPDX-License-Identifier: Apache-2.0
#include <transparency/proof.hpp>

#include <algorithm>
#include <bit>

namespace oakum::transparency {
namespace {

using base::Result;
using base::Status;

Status not_proven(std::string_view why) {
    return base::denied("the proof does not hold: " + std::string(why));
}

// RFC 6962 2.1.1, from the leaf's side last.
Status add_path(Proof& proof, std::uint64_t index, std::uint64_t begin, std::uint64_t end,
                const Nodes& nodes) {
    while (end - begin > 1) {
        const std::uint64_t middle = begin + left_of(end - begin);
        const bool left = index < middle;
        TRY_VALUE(const Hash other, left ? range_hash(middle, end, nodes) : range_hash(begin, middle, nodes));
        proof.push_back(other);
        (left ? end : begin) = middle;
    }
    std::reverse(proof.begin(), proof.end());
    return {};
}

// Climbs from the right edge of the older tree, or from a leaf, to the root (RFC 9162 2.1.3.2 and 2.1.4.2).
struct Climb {
    std::uint64_t at = 0, last = 0; // of its level, and the last one there

    // The next hash of the proof stands left of what was climbed so far.
    bool is_left() const { return (at & 1) != 0 || at == last; }
    void up_from_left() {
        while ((at & 1) == 0 && at != 0)
            step();
        step();
    }
    void step() { at >>= 1, last >>= 1; }
};

} // namespace

Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const Nodes& nodes) {
    if (index >= size)
        return base::invalid("the log has " + std::to_string(size) + " entries, not " +
                             std::to_string(index + 1));
    Proof proof;
    TRY(add_path(proof, index, 0, size, nodes));
    return proof;
}

Result<Proof> prove_consistency(std::uint64_t older, std::uint64_t newer, const Nodes& nodes) {
    if (older > newer)
        return base::invalid("a log of " + std::to_string(newer) + " entries does not begin with one of " +
                             std::to_string(older));
    Proof proof;
    if (older == 0 || older == newer) return proof;
    std::uint64_t begin = 0, end = newer;
    // Down to the subtree that ends where the older tree ends; it is left out where it is the older tree.
    while (end != older) {
        const std::uint64_t middle = begin + left_of(end - begin);
        const bool left = older <= middle;
        TRY_VALUE(const Hash other, left ? range_hash(middle, end, nodes) : range_hash(begin, middle, nodes));
        proof.push_back(other);
        (left ? end : begin) = middle;
    }
    if (begin != 0) {
        TRY_VALUE(const Hash own, range_hash(begin, end, nodes));
        proof.push_back(own);
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

Status check_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root,
                       std::span<const Hash> proof) {
    if (index >= size) return not_proven("the entry's number is not within the log");
    if (proof.size() > kMostHashes) return not_proven("it is too long");
    Climb climb{index, size - 1};
    Hash hash = leaf;
    for (const Hash& other : proof) {
        if (climb.last == 0) return not_proven("it is too long");
        if (climb.is_left()) {
            hash = node_hash(other, hash);
            climb.up_from_left();
        } else {
            hash = node_hash(hash, other);
            climb.step();
        }
    }
    if (climb.last != 0) return not_proven("it is too short");
    if (hash != root) return not_proven("it leads to another root");
    return {};
}

Status check_consistency(std::uint64_t older, const Hash& older_root, std::uint64_t newer,
                         const Hash& newer_root, std::span<const Hash> proof) {
    if (older > newer) return not_proven("the older log is the longer one");
    if (proof.size() > kMostHashes) return not_proven("it is too long");
    if (older == 0 || older == newer) {
        if (!proof.empty()) return not_proven("it is too long");
        if (older == newer && older_root != newer_root) return not_proven("two roots of one size");
        if (older == 0 && older_root != empty_root()) return not_proven("an empty log has another root");
        return {};
    }
    Climb climb{older - 1, newer - 1};
    while ((climb.at & 1) != 0)
        climb.step();
    // The older root itself, where it is a node of the newer tree.
    const bool whole = std::has_single_bit(older);
    if (!whole && proof.empty()) return not_proven("it is too short");
    Hash before = whole ? older_root : proof.front(), after = before;
    for (const Hash& other : proof.subspan(whole ? 0 : 1)) {
        if (climb.last == 0) return not_proven("it is too long");
        if (climb.is_left()) {
            before = node_hash(other, before);
            after = node_hash(other, after);
            climb.up_from_left();
        } else {
            after = node_hash(after, other);
            climb.step();
        }
    }
    if (climb.last != 0) return not_proven("it is too short");
    if (before != older_root) return not_proven("the older root is another one");
    if (after != newer_root) return not_proven("the newer root is another one");
    return {};
}

} // namespace oakum::transparency
