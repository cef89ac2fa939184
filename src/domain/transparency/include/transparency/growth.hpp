// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <transparency/tree.hpp>

#include <vector>

namespace oakum::transparency {

// A log's right edge: enough to append, and to know the root, without what came before. A value.
class Growth {
  public:
    // A node that is complete from then on.
    struct Node {
        unsigned level = 0;
        std::uint64_t index = 0;
        Hash hash;
        bool operator==(const Node&) const = default;
    };

    Growth() = default;
    // Goes on where a log of this size ended. Errors: what `nodes` answers.
    static base::Result<Growth> at(std::uint64_t size, const Nodes& nodes);

    // The nodes that this leaf completes, itself first.
    std::vector<Node> append(const Hash& leaf);
    std::uint64_t size() const { return size_; }
    Hash root() const;

  private:
    std::uint64_t size_ = 0;
    std::vector<Hash> edge_; // of the complete subtrees, the largest first
};

} // namespace oakum::transparency
