// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tlog/tiles.hpp>
#include <transparency/growth.hpp>

#include <optional>
#include <unordered_map>

namespace oakum::tlog {

// A whole log's hashes in memory, for who serves it: about 70 bytes an entry. A value; not shared between
// threads while it grows.
class KeptTiles {
  public:
    void append(const transparency::Hash& leaf);
    std::uint64_t size() const { return growth_.size(); }
    transparency::Hash root() const { return growth_.root(); }
    // As many of its hashes as it is wide: any width that there was is served. Nothing: not that many yet.
    std::optional<base::Bytes> hashes(const Tile& tile) const;
    // Where this leaf stands for the first time.
    std::optional<std::uint64_t> index_of(const transparency::Hash& leaf) const;

  private:
    transparency::Growth growth_;
    std::vector<std::vector<transparency::Hash>> levels_; // of tiles
    std::unordered_map<transparency::Hash, std::uint64_t> first_;
};

} // namespace oakum::tlog
