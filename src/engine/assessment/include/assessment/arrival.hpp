// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oakum::assessment {

// A feed that has arrived and waits to be imported.
struct Arrival {
    std::string incoming;  // in ports::FeedFiles
    std::string file_name; // its form and the content tell what it is
    std::string part;      // of a source, by which it is kept; empty: by its file's name
    std::string kind;      // what a source says it is; empty: whatever it is
    // What its records are compared with; nothing: with those of the one that is held.
    std::optional<std::uint64_t> records_before;
};

// Even when it is older than what is held, or has shrunk.
enum class Force : bool { no, yes };
// Whether one that cannot be imported keeps the others from it.
enum class Together : bool { no, yes };

struct Arrivals {
    std::vector<Arrival> feeds;
    Force force = Force::no;
    Together together = Together::no;
};

// What became of one.
struct Imported {
    std::string part, kept;
    std::uint64_t accepted = 0, rejected = 0;
    bool same = false;   // as what was held
    std::string refused; // why it was not imported; empty: it was
};

} // namespace oakum::assessment
