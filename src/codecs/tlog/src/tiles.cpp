// SPDX-License-Identifier: Apache-2.0
#include <tlog/tiles.hpp>

#include <transparency/growth.hpp>

#include <algorithm>
#include <charconv>
#include <deque>
#include <memory>

namespace oakum::tlog {
namespace {

using base::Bytes;
using base::Result;
using transparency::Hash;

constexpr unsigned kHeight = 8;
constexpr unsigned kLevels = 8; // of 64 bits
constexpr std::size_t kMostEntry = 0xFFFF;
constexpr std::size_t kLongestPath = 64;

// 1234067 is "x001/x234/067".
std::string number_path(std::uint64_t index) {
    std::string path;
    for (bool last = true; last || index > 0; last = false, index /= 1000) {
        std::string part = std::to_string(index % 1000);
        part.insert(0, 3 - part.size(), '0');
        path = (last ? part : "x" + part + "/") + path;
    }
    return path;
}

std::string path_of(std::string_view kind, const Tile& tile) {
    return "tile/" + std::string(kind) + "/" + number_path(tile.index) +
           (tile.width == kTileWidth ? "" : ".p/" + std::to_string(tile.width));
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

// Hashes of a level of tiles in a log of that size.
std::uint64_t hashes_of(unsigned level, std::uint64_t size) {
    return level < kLevels ? size >> (kHeight * level) : 0;
}

} // namespace

std::string tile_path(const Tile& tile) {
    return path_of(std::to_string(tile.level), tile);
}

std::string entries_path(const Tile& tile) {
    return path_of("entries", tile);
}

std::optional<TilePath> read_tile_path(std::string_view path) {
    constexpr std::string_view kBegin = "tile/";
    if (!path.starts_with(kBegin) || path.size() > kLongestPath) return std::nullopt;
    std::string_view rest = path.substr(kBegin.size());
    TilePath read;
    const std::string_view kind = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(kind.size() + 1, rest.size()));
    read.entries = kind == "entries";
    const auto level = number_of(kind);
    if (!read.entries && (!level || *level >= kLevels)) return std::nullopt;
    if (!read.entries) read.tile.level = static_cast<unsigned>(*level);
    if (const std::size_t partial = rest.find(".p/"); partial != std::string_view::npos) {
        const auto width = number_of(rest.substr(partial + 3));
        if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
        read.tile.width = static_cast<unsigned>(*width);
        rest = rest.substr(0, partial);
    }
    for (; !rest.empty(); rest.remove_prefix(std::min(rest.find('/'), rest.size() - 1) + 1)) {
        std::string_view part = rest.substr(0, rest.find('/'));
        if (part.starts_with('x')) part.remove_prefix(1);
        const auto digits = number_of(part);
        if (!digits || *digits > 999 || read.tile.index > UINT64_MAX / 1000 - 1) return std::nullopt;
        read.tile.index = read.tile.index * 1000 + *digits;
    }
    // One spelling: whatever was let pass above comes back otherwise.
    if ((read.entries ? entries_path(read.tile) : tile_path(read.tile)) != path) return std::nullopt;
    return read;
}

Result<Tile> tile_at(unsigned level, std::uint64_t index, std::uint64_t size) {
    const std::uint64_t hashes = hashes_of(level, size);
    if (index > hashes / kTileWidth || index * kTileWidth == hashes)
        return base::invalid("a log of " + std::to_string(size) + " entries has no such tile");
    const std::uint64_t width = std::min<std::uint64_t>(hashes - index * kTileWidth, kTileWidth);
    return Tile{level, index, static_cast<unsigned>(width)};
}

std::vector<Tile> new_tiles(std::uint64_t older, std::uint64_t newer) {
    std::vector<Tile> tiles;
    for (unsigned level = 0; hashes_of(level, newer) > 0; ++level) {
        const std::uint64_t before = hashes_of(level, older), after = hashes_of(level, newer);
        // From the one that grew on.
        for (std::uint64_t index = before / kTileWidth; before < after && index * kTileWidth < after; ++index)
            if (const auto tile = tile_at(level, index, newer); tile.ok()) tiles.push_back(*tile);
    }
    return tiles;
}

Bytes encode_hashes(std::span<const Hash> hashes) {
    Bytes bytes;
    for (const Hash& hash : hashes)
        bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
    return bytes;
}

Result<std::vector<Hash>> read_hashes(const Tile& tile, base::ByteView bytes) {
    constexpr std::size_t size = sizeof(Hash::bytes);
    if (bytes.size() != tile.width * size)
        return base::corrupt(tile_path(tile) + " has " + std::to_string(bytes.size()) + " bytes, not " +
                             std::to_string(tile.width * size));
    std::vector<Hash> hashes(tile.width);
    for (std::size_t i = 0; i < hashes.size(); ++i)
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * size), size, hashes[i].bytes.begin());
    return hashes;
}

Result<Bytes> encode_entries(std::span<const Bytes> entries) {
    Bytes bytes;
    for (const Bytes& entry : entries) {
        if (entry.size() > kMostEntry) return base::too_large("an entry of a log has at most 65,535 bytes");
        bytes.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
        bytes.push_back(static_cast<std::uint8_t>(entry.size()));
        bytes.insert(bytes.end(), entry.begin(), entry.end());
    }
    return bytes;
}

Result<std::vector<Bytes>> read_entries(const Tile& tile, base::ByteView bytes) {
    std::vector<Bytes> entries;
    const auto torn = [&] {
        return base::corrupt(entries_path(tile) + " does not hold the " + std::to_string(tile.width) +
                             " entries that it is for");
    };
    while (!bytes.empty()) {
        if (bytes.size() < 2 || entries.size() == tile.width) return torn();
        const std::size_t size = static_cast<std::size_t>(bytes[0]) << 8 | bytes[1];
        bytes = bytes.subspan(2);
        if (bytes.size() < size) return torn();
        entries.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        bytes = bytes.subspan(size);
    }
    if (entries.size() != tile.width) return torn();
    return entries;
}

transparency::Nodes nodes_in_tiles(std::uint64_t size, FetchTile fetch) {
    return [size, fetch = std::move(fetch)](unsigned level, std::uint64_t index) -> Result<Hash> {
        const unsigned of = level / kHeight, within = level % kHeight;
        const std::uint64_t first = index << within, count = std::uint64_t{1} << within;
        if (first >> within != index || first + count > hashes_of(of, size))
            return base::bug("a log of " + std::to_string(size) + " entries has no such node");
        TRY_VALUE(const Tile tile, tile_at(of, first / kTileWidth, size));
        TRY_VALUE(const Bytes bytes, fetch(tile));
        TRY_VALUE(const std::vector<Hash> hashes, read_hashes(tile, bytes));
        transparency::Growth subtree;
        for (std::uint64_t i = 0; i < count; ++i)
            subtree.append(hashes[first % kTileWidth + i]);
        return subtree.root();
    };
}

FetchTile remembering(FetchTile fetch, std::size_t most, std::size_t bound) {
    struct Memory {
        std::deque<std::pair<Tile, Bytes>> tiles;
        std::size_t asked = 0;
    };
    // Shared because a std::function is copied.
    const auto memory = std::make_shared<Memory>();
    return [fetch = std::move(fetch), most, bound, memory](const Tile& tile) -> Result<Bytes> {
        const auto known = std::find_if(memory->tiles.begin(), memory->tiles.end(),
                                        [&](const auto& each) { return each.first == tile; });
        if (known != memory->tiles.end()) return known->second;
        if (memory->asked++ >= bound) return base::too_large("a proof that needs too many tiles");
        TRY_VALUE(Bytes bytes, fetch(tile));
        if (memory->tiles.size() >= most) memory->tiles.pop_front();
        memory->tiles.emplace_back(tile, bytes);
        return bytes;
    };
}

} // namespace oakum::tlog
