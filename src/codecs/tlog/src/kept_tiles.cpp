// SPDX-License-Identifier: Apache-2.0
#include <tlog/kept_tiles.hpp>

namespace oakum::tlog {
namespace {

constexpr unsigned kHeight = 8;

} // namespace

void KeptTiles::append(const transparency::Hash& leaf) {
    first_.emplace(leaf, size());
    for (const transparency::Growth::Node& node : growth_.append(leaf)) {
        if (node.level % kHeight != 0) continue;
        const std::size_t level = node.level / kHeight;
        if (levels_.size() == level) levels_.emplace_back();
        levels_[level].push_back(node.hash);
    }
}

std::optional<base::Bytes> KeptTiles::hashes(const Tile& tile) const {
    if (tile.level >= levels_.size() || tile.width == 0 || tile.width > kTileWidth) return std::nullopt;
    const std::span<const transparency::Hash> level = levels_[tile.level];
    if (tile.index > level.size() / kTileWidth) return std::nullopt;
    const std::size_t begin = static_cast<std::size_t>(tile.index) * kTileWidth;
    if (level.size() - begin < tile.width) return std::nullopt;
    return encode_hashes(level.subspan(begin, tile.width));
}

std::optional<std::uint64_t> KeptTiles::index_of(const transparency::Hash& leaf) const {
    const auto found = first_.find(leaf);
    return found == first_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace oakum::tlog
