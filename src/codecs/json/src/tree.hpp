// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>

#include <vector>

namespace oakum::json::detail {

// A piece of the received text, or of the decoded text when it held escapes.
struct Slice {
    std::uint32_t begin = 0;
    std::uint32_t length = 0;
    bool decoded = false;
};

struct Node {
    std::uint32_t begin = 0, end = 0; // in the received text
    std::uint32_t parent = 0;
    std::uint32_t next = 0;  // the node after this value's last descendant
    std::uint32_t count = 0; // elements or members
    Type type = Type::null;
    Slice key;
    Slice text;             // string
    std::uint64_t bits = 0; // boolean, integer, natural; the bits of a real
};

// The document in one piece: nodes in the order of the text, so the first child follows its parent.
struct Tree {
    std::string source;
    std::string decoded;
    std::vector<Node> nodes;

    std::string_view view(Slice slice) const {
        return std::string_view(slice.decoded ? decoded : source).substr(slice.begin, slice.length);
    }
    static Value root(std::shared_ptr<const Tree> tree) { return {std::move(tree), 0}; }
};

} // namespace oakum::json::detail
