// SPDX-License-Identifier: Apache-2.0
#include <tlog/tiles.hpp>
#include <transparency/growth.hpp>
#include <transparency/proof.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace oakum;
using namespace oakum::tlog;
using transparency::Hash;

namespace {

Hash leaf(std::uint64_t number) {
    return transparency::leaf_hash(base::as_bytes("entry " + std::to_string(number)));
}

// A log as files: only what new_tiles names is written, and nothing is written over.
struct Log {
    std::map<std::pair<unsigned, std::uint64_t>, Hash> nodes; // of all levels
    std::map<std::string, base::Bytes> files;
    transparency::Growth growth;

    void grow(std::uint64_t to) {
        const std::uint64_t before = growth.size();
        while (growth.size() < to)
            for (const auto& node : growth.append(leaf(growth.size())))
                nodes[{node.level, node.index}] = node.hash;
        for (const Tile& tile : new_tiles(before, to)) {
            std::vector<Hash> hashes;
            for (unsigned i = 0; i < tile.width; ++i)
                hashes.push_back(nodes.at({8 * tile.level, tile.index * kTileWidth + i}));
            REQUIRE(files.emplace(tile_path(tile), encode_hashes(hashes)).second);
        }
    }
    transparency::Nodes read(std::uint64_t size) const {
        return nodes_in_tiles(size, [this](const Tile& tile) -> base::Result<base::Bytes> {
            const auto found = files.find(tile_path(tile));
            if (found == files.end()) return base::not_found("there is no " + tile_path(tile));
            return found->second;
        });
    }
};

} // namespace

TEST_CASE("places of tiles are those of the specification") {
    CHECK(tile_path({0, 1'234'067, 256}) == "tile/0/x001/x234/067");
    CHECK(tile_path({2, 0, 1}) == "tile/2/000.p/1");
    CHECK(entries_path({0, 1'234'067, 8}) == "tile/entries/x001/x234/067.p/8");
    CHECK(tile_path({0, 1000, 256}) == "tile/0/x001/000");
    CHECK(tile_path({7, UINT64_MAX, 256}) == "tile/7/x018/x446/x744/x073/x709/x551/615");
}

TEST_CASE("a log of 70,000 entries has the tiles that the specification counts") {
    std::map<unsigned, std::vector<unsigned>> widths;
    for (const Tile& tile : new_tiles(0, 70'000))
        widths[tile.level].push_back(tile.width);
    REQUIRE(widths.size() == 3);
    CHECK(widths[0].size() == 274);
    CHECK(widths[0].back() == 112);
    CHECK(widths[1] == std::vector<unsigned>{256, 17});
    CHECK(widths[2] == std::vector<unsigned>{1});
    CHECK(new_tiles(0, 256).size() == 2);
    CHECK(new_tiles(0, 0).empty());
    CHECK(new_tiles(300, 300).empty());
    CHECK(new_tiles(255, 256) == std::vector<Tile>{{0, 0, 256}, {1, 0, 1}});
    CHECK(new_tiles(256, 257) == std::vector<Tile>{{0, 1, 1}});
}

TEST_CASE("every proof comes out of the tiles that were written as the log grew") {
    Log log;
    std::map<std::uint64_t, Hash> roots;
    const std::vector<std::uint64_t> sizes{1, 2, 5, 255, 256, 257, 300, 511, 512, 513, 1000, 70'000};
    for (const std::uint64_t size : sizes) {
        log.grow(size);
        roots[size] = log.growth.root();
    }
    for (const std::uint64_t size : sizes) {
        const auto nodes = log.read(size);
        CHECK(transparency::root_of(size, nodes).value() == roots[size]);
        for (const std::uint64_t index : {std::uint64_t{0}, size / 3, size / 2, size - 1}) {
            const auto proof = transparency::prove_inclusion(index, size, nodes);
            REQUIRE_MESSAGE(proof.ok(), (proof.ok() ? "" : proof.error().text()));
            CHECK(transparency::check_inclusion(leaf(index), index, size, roots[size], *proof).ok());
        }
        for (const std::uint64_t older : sizes) {
            if (older > size) break;
            const auto proof = transparency::prove_consistency(older, size, nodes).value();
            CHECK(transparency::check_consistency(older, roots[older], size, roots[size], proof).ok());
        }
        CHECK(transparency::Growth::at(size, nodes)->root() == roots[size]);
    }
}

TEST_CASE("a tile that is damaged, torn or missing gives no proof") {
    Log log;
    log.grow(600);
    const Hash root = log.growth.root();
    const auto proven = [&] {
        const auto proof = transparency::prove_inclusion(10, 600, log.read(600));
        return proof.ok() && transparency::check_inclusion(leaf(10), 10, 600, root, *proof).ok();
    };
    REQUIRE(proven());
    base::Bytes& tile = log.files.at("tile/0/000");
    tile[40] ^= 1;
    CHECK_FALSE(proven());
    tile[40] ^= 1;
    tile.pop_back();
    CHECK_FALSE(proven());
    log.files.erase("tile/0/000");
    CHECK_FALSE(proven());
    CHECK_FALSE(log.read(600)(0, 600).ok());
    CHECK_FALSE(log.read(600)(3, 75).ok()); // not complete
    CHECK_FALSE(log.read(600)(63, 0).ok());
    CHECK_FALSE(log.read(600)(200, 0).ok());
    CHECK_FALSE(tile_at(0, 3, 600).ok());
    CHECK_FALSE(tile_at(0, 2, 512).ok());
    CHECK_FALSE(tile_at(9, 0, UINT64_MAX).ok());
}

TEST_CASE("a bundle of entries comes back as it was, and not otherwise") {
    const std::vector<base::Bytes> entries{{1, 2, 3}, {}, base::Bytes(65'535, 7)};
    const base::Bytes bytes = encode_entries(entries).value();
    const Tile tile{0, 0, 3};
    CHECK(read_entries(tile, bytes).value() == entries);
    CHECK_FALSE(read_entries({0, 0, 2}, bytes).ok());
    CHECK_FALSE(read_entries({0, 0, 4}, bytes).ok());
    for (const std::size_t cut : {bytes.size() - 1, std::size_t{1}, std::size_t{4}, std::size_t{6}})
        CHECK_FALSE(read_entries(tile, base::ByteView(bytes).first(cut)).ok());
    CHECK_FALSE(encode_entries(std::vector<base::Bytes>{base::Bytes(65'536)}).ok());
}

TEST_CASE("the path of a tile is read in its one spelling alone") {
    for (const Tile& tile : {Tile{0, 0, 256}, Tile{0, 999, 1}, Tile{7, 1000, 255}, Tile{1, 1'234'067, 256},
                             Tile{2, 1'234'567'890'123, 8}}) {
        CHECK(read_tile_path(tile_path(tile)) == TilePath{false, tile});
        const Tile entries{0, tile.index, tile.width};
        CHECK(read_tile_path(entries_path(entries)) == TilePath{true, entries});
    }
    for (const char* wrong : {"",
                              "tile",
                              "tile/",
                              "tile/0",
                              "tile/0/",
                              "tile/8/000",
                              "tile/00/000",
                              "tile/0/0",
                              "tile/0/0000",
                              "tile/0/1000",
                              "tile/0/001/234",
                              "tile/0/x001/x234",
                              "tile/0/x000/001",
                              "tile/0/000.p/0",
                              "tile/0/000.p/256",
                              "tile/0/000.p/01",
                              "tile/0/000.p",
                              "tile/0/000/",
                              "tile/0//000",
                              "tile/-1/000",
                              "tile/0/x001/234.p/8/",
                              "tile/entries/../000",
                              "tile/entries/x",
                              "checkpoint",
                              "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999"}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_tile_path(wrong));
    }
}

TEST_CASE("each tile is asked for once, and no more of them than a proof can need") {
    Log log;
    log.grow(600);
    std::size_t asked = 0;
    const auto fetch = remembering(
        [&](const Tile& tile) -> base::Result<base::Bytes> {
            ++asked;
            return log.files.at(tile_path(tile));
        },
        4, 5);
    const auto nodes = nodes_in_tiles(600, fetch);
    CHECK(transparency::root_of(600, nodes).value() == log.growth.root());
    CHECK(transparency::prove_inclusion(599, 600, nodes).ok());
    CHECK(asked == 2); // of level 1 the only one, of level 0 the third
    const auto none =
        remembering([](const Tile&) -> base::Result<base::Bytes> { return base::Bytes(); }, 1, 2);
    CHECK(none({0, 0, 1}).ok());
    CHECK(none({0, 1, 1}).ok());
    CHECK(none({0, 0, 1}).error().kind == base::ErrorKind::too_large);
}
