// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oakum::yaml {

// Both from 1; columns are characters.
struct Mark {
    std::size_t line = 1, column = 1;
    bool operator==(const Mark&) const = default;
};

struct Node {
    enum class Kind : std::uint8_t { scalar, sequence, mapping };
    struct Name {
        std::string text;
        Mark mark;
    };
    Kind kind = Kind::scalar;
    Mark mark;
    std::string text;                              // of a scalar
    bool plain = false;                            // a scalar without quotes, nor as a block of lines
    std::vector<Node> items;                       // of a sequence; the values of a mapping
    std::vector<Name> names;                       // of a mapping, one for each of `items`
    const Node* find(std::string_view name) const; // the value of that name in a mapping, or null
};

struct Limits {
    std::size_t max_bytes = std::size_t{1} << 20;
    std::size_t max_depth = 32; // never above 256: building is recursive
    std::size_t max_values = 50'000;
    std::size_t max_documents = 200;
};

// What is wrong, and where.
struct Wrong {
    Mark mark;
    std::string what;
};

// The documents of a file; those with nothing in them are left out.
std::variant<std::vector<Node>, Wrong> parse(std::string_view text, const Limits& limits = {});

} // namespace oakum::yaml
