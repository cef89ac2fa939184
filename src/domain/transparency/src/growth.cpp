// SPDX-License-Identifier: Apache-2.0
#include <transparency/growth.hpp>

#include <bit>

namespace oakum::transparency {

base::Result<Growth> Growth::at(std::uint64_t size, const Nodes& nodes) {
    Growth growth;
    growth.size_ = size;
    // One complete subtree for each bit of the size.
    for (std::uint64_t begin = 0; begin < size;) {
        const std::uint64_t leaves = std::bit_floor(size - begin);
        const auto level = static_cast<unsigned>(std::countr_zero(leaves));
        TRY_VALUE(const Hash hash, nodes(level, begin >> level));
        growth.edge_.push_back(hash);
        begin += leaves;
    }
    return growth;
}

std::vector<Growth::Node> Growth::append(const Hash& leaf) {
    std::vector<Node> completed{{0, size_, leaf}};
    Hash hash = leaf;
    // Each subtree of the edge that now has a sibling makes one a level up.
    unsigned level = 0;
    for (std::uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
        hash = node_hash(edge_.back(), hash);
        edge_.pop_back();
        ++level;
        completed.push_back({level, size_ >> level, hash});
    }
    edge_.push_back(hash);
    ++size_;
    return completed;
}

Hash Growth::root() const {
    if (edge_.empty()) return empty_root();
    Hash root = edge_.back();
    for (auto left = edge_.rbegin() + 1; left != edge_.rend(); ++left)
        root = node_hash(*left, root);
    return root;
}

} // namespace oakum::transparency
