// SPDX-License-Identifier: Apache-2.0
#include "naive.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::transparency;

TEST_CASE("the root of a log is that of RFC 6962, for every size") {
    const auto all = naive::leaves(300);
    for (std::size_t size = 0; size <= all.size(); ++size) {
        const std::vector<Hash> some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(root_of(size, naive::nodes(some)).value() == naive::root(some));
    }
}

// Of the tree that certificate transparency's implementations share as their test vector: eight entries,
// whose roots stand in their sources.
TEST_CASE("roots are those that other implementations compute") {
    const std::vector<std::string> hex = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    const std::vector<std::string> roots = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    CHECK(empty_root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    std::vector<Hash> all;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        all.push_back(leaf_hash(base::from_hex(hex[i]).value()));
        CHECK(root_of(all.size(), naive::nodes(all))->hex() == roots[i]);
    }
}

TEST_CASE("an entry cannot stand for a node") {
    const Hash a = leaf_hash(base::as_bytes("a")), b = leaf_hash(base::as_bytes("b"));
    base::Bytes both(a.bytes.begin(), a.bytes.end());
    both.insert(both.end(), b.bytes.begin(), b.bytes.end());
    CHECK(leaf_hash(both) != node_hash(a, b));
}

TEST_CASE("a range that is no subtree is refused, and an error of what is asked is passed on") {
    const auto all = naive::leaves(8);
    CHECK_FALSE(range_hash(1, 3, naive::nodes(all)).ok());
    CHECK_FALSE(range_hash(3, 3, naive::nodes(all)).ok());
    const Nodes gone = [](unsigned, std::uint64_t) -> base::Result<Hash> {
        return base::unavailable("gone");
    };
    CHECK(root_of(5, gone).error().kind == base::ErrorKind::unavailable);
}
