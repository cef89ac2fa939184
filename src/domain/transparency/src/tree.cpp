// SPDX-License-Identifier: Apache-2.0
#include <transparency/tree.hpp>

#include <bit>

namespace oakum::transparency {

Hash leaf_hash(base::ByteView entry) {
    constexpr std::uint8_t kLeaf = 0;
    base::Sha256 digest;
    digest.update(base::ByteView(&kLeaf, 1));
    digest.update(entry);
    return digest.finish();
}

Hash node_hash(const Hash& left, const Hash& right) {
    constexpr std::uint8_t kNode = 1;
    base::Sha256 digest;
    digest.update(base::ByteView(&kNode, 1));
    digest.update(left.bytes);
    digest.update(right.bytes);
    return digest.finish();
}

Hash empty_root() {
    return base::sha256(base::ByteView());
}

std::uint64_t left_of(std::uint64_t size) {
    return std::bit_floor(size - 1);
}

base::Result<Hash> root_of(std::uint64_t size, const Nodes& nodes) {
    if (size == 0) return empty_root();
    return range_hash(0, size, nodes);
}

base::Result<Hash> range_hash(std::uint64_t begin, std::uint64_t end, const Nodes& nodes) {
    if (begin >= end) return base::bug("no leaves");
    const std::uint64_t size = end - begin;
    if (std::has_single_bit(size)) {
        const auto level = static_cast<unsigned>(std::countr_zero(size));
        if (begin % size != 0) return base::bug("no subtree begins there");
        return nodes(level, begin >> level);
    }
    const std::uint64_t left = left_of(size);
    TRY_VALUE(const Hash first, range_hash(begin, begin + left, nodes));
    TRY_VALUE(const Hash second, range_hash(begin + left, end, nodes));
    return node_hash(first, second);
}

} // namespace oakum::transparency
