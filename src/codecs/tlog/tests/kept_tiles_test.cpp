// SPDX-License-Identifier: Apache-2.0
#include <tlog/kept_tiles.hpp>
#include <transparency/proof.hpp>

#include <doctest/doctest.h>

#include <map>

using namespace oakum;
using namespace oakum::tlog;

namespace {

transparency::Hash leaf(std::uint64_t index) {
    return transparency::leaf_hash(base::as_bytes("entry " + std::to_string(index)));
}

} // namespace

TEST_CASE("the tiles that are kept prove every entry and every older log") {
    KeptTiles kept;
    std::map<std::uint64_t, transparency::Hash> roots;
    for (std::uint64_t size = 1; size <= 66'000; ++size) {
        kept.append(leaf(size - 1));
        if (size <= 3 || size == 256 || size == 257 || size == 65'536 || size == 66'000)
            roots[size] = kept.root();
    }
    for (const auto& [size, root] : roots) {
        // Also for a reader who still has an older checkpoint.
        const auto nodes = nodes_in_tiles(size, [&](const Tile& tile) -> base::Result<base::Bytes> {
            const auto bytes = kept.hashes(tile);
            return bytes ? base::Result<base::Bytes>(*bytes) : base::not_found("no such tile");
        });
        CHECK(transparency::root_of(size, nodes).value() == root);
        for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
            CHECK(kept.index_of(leaf(index)) == index);
            CHECK(transparency::check_inclusion(leaf(index), index, size, root,
                                                transparency::prove_inclusion(index, size, nodes).value())
                      .ok());
        }
        for (const auto& [older, older_root] : roots)
            if (older <= size)
                CHECK(transparency::check_consistency(
                          older, older_root, size, root,
                          transparency::prove_consistency(older, size, nodes).value())
                          .ok());
    }
}

TEST_CASE("a tile that is not there yet is not served, and an entry that repeats is where it stood first") {
    KeptTiles kept;
    CHECK(kept.root() == transparency::empty_root());
    CHECK_FALSE(kept.hashes({0, 0, 1}));
    for (int i = 0; i < 257; ++i)
        kept.append(leaf(static_cast<std::uint64_t>(i % 256)));
    CHECK(kept.index_of(leaf(0)) == 0);
    CHECK_FALSE(kept.index_of(leaf(256)));
    CHECK(kept.hashes({0, 0, 256})->size() == 256 * 32);
    CHECK(kept.hashes({0, 0, 7})->size() == 7 * 32);
    CHECK(kept.hashes({0, 1, 1}));
    CHECK(kept.hashes({1, 0, 1}));
    for (const Tile& tile :
         {Tile{0, 1, 2}, Tile{0, 2, 1}, Tile{1, 0, 2}, Tile{1, 1, 1}, Tile{2, 0, 1}, Tile{0, 0, 0},
          Tile{0, 0, 257}, Tile{0, UINT64_MAX, 1}, Tile{0, UINT64_MAX / 256, 1}})
        CHECK_FALSE(kept.hashes(tile));
}
