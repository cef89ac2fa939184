// SPDX-License-Identifier: Apache-2.0
#include "naive.hpp"

#include <transparency/growth.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::transparency;

TEST_CASE("a log that grows leaf by leaf has the root of all of them, and says each node once") {
    const auto all = naive::leaves(200);
    Growth growth;
    std::map<std::pair<unsigned, std::uint64_t>, Hash> kept;
    for (std::size_t size = 0; size < all.size(); ++size) {
        const std::vector<Hash> some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
        REQUIRE(growth.size() == size);
        REQUIRE(growth.root() == naive::root(some));
        for (const Growth::Node& node : growth.append(all[size]))
            REQUIRE(kept.emplace(std::pair(node.level, node.index), node.hash).second);
    }
    // What was said is what every proof needs.
    const Nodes nodes = [&](unsigned level, std::uint64_t index) -> base::Result<Hash> {
        const auto found = kept.find({level, index});
        if (found == kept.end()) return base::not_found("no such node");
        return found->second;
    };
    for (const std::size_t size : {1UL, 2UL, 99UL, 128UL, 200UL}) {
        const std::vector<Hash> some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(root_of(size, nodes).value() == naive::root(some));
        CHECK(prove_inclusion(size / 2, size, nodes).value() == naive::path(size / 2, some));
    }
}

TEST_CASE("a log goes on after a restart as if there had been none") {
    const auto all = naive::leaves(70);
    for (std::size_t size = 0; size < all.size(); ++size) {
        const std::vector<Hash> some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
        Growth whole;
        for (const Hash& leaf : some)
            whole.append(leaf);
        Growth again = Growth::at(size, naive::nodes(some)).value();
        CHECK(again.root() == whole.root());
        CHECK(again.append(all[size]) == whole.append(all[size]));
        CHECK(again.root() == whole.root());
    }
    const Nodes gone = [](unsigned, std::uint64_t) -> base::Result<Hash> {
        return base::unavailable("gone");
    };
    CHECK_FALSE(Growth::at(1, gone).ok());
}
