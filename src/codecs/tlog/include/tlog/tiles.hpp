// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <transparency/tree.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// A tree as files that never change (C2SP tlog-tiles).
namespace oakum::tlog {

inline constexpr unsigned kTileWidth = 256;

// `width` hashes of the level 8 * `level`, from 256 * `index` on; fewer than 256 only at the right edge.
struct Tile {
    unsigned level = 0;
    std::uint64_t index = 0;
    unsigned width = kTileWidth;
    auto operator<=>(const Tile&) const = default;
};

// "tile/0/x001/x234/067" and "tile/entries/x001/x234/067.p/8", below the log's place.
std::string tile_path(const Tile& tile);
// Of the entries below a tile of level 0.
std::string entries_path(const Tile& tile);

// What one of the two paths above names, in its one spelling; nothing: it is neither.
struct TilePath {
    bool entries = false;
    Tile tile;
    bool operator==(const TilePath&) const = default;
};
std::optional<TilePath> read_tile_path(std::string_view path);

// The tiles that a log of `newer` entries has and one of `older` entries had not, level by level.
std::vector<Tile> new_tiles(std::uint64_t older, std::uint64_t newer);
// The tile of this place in a log of that size. Errors: invalid (the log has none there).
base::Result<Tile> tile_at(unsigned level, std::uint64_t index, std::uint64_t size);

base::Bytes encode_hashes(std::span<const transparency::Hash> hashes);
// Errors: corrupt (not as many as the tile is wide).
base::Result<std::vector<transparency::Hash>> read_hashes(const Tile& tile, base::ByteView bytes);

// Errors: too_large (an entry of more than 65,535 bytes).
base::Result<base::Bytes> encode_entries(std::span<const base::Bytes> entries);
// Errors: corrupt.
base::Result<std::vector<base::Bytes>> read_entries(const Tile& tile, base::ByteView bytes);

// The nodes of a log of this size out of its tiles, each fetched when a proof needs it. Errors: those of
// `fetch`, corrupt, bug (a node that the log does not have).
using FetchTile = std::function<base::Result<base::Bytes>(const Tile& tile)>;
transparency::Nodes nodes_in_tiles(std::uint64_t size, FetchTile fetch);
// Asks once for each of the last `most` tiles that were asked for, and for no more than `bound` in all: no
// proof needs as many. Errors also: too_large. Not shared between threads.
FetchTile remembering(FetchTile fetch, std::size_t most, std::size_t bound);

} // namespace oakum::tlog
