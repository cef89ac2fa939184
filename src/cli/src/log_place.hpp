// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <tlog/sight.hpp>
#include <tlog/tiles.hpp>

#include <memory>
#include <optional>
#include <string>

namespace oakum::cli {

// Where a log's files are: a server's /log/, or a folder that holds the same. Nothing that comes from it is
// believed.
class LogPlace {
  public:
    virtual ~LogPlace() = default;
    // Nothing: there is no such file. Errors: too_large, unavailable, denied.
    virtual base::Result<std::optional<base::Bytes>> get(const std::string& name, std::size_t most) = 0;
};
std::unique_ptr<LogPlace> log_on_server(Api api);
std::unique_ptr<LogPlace> log_in_folder(std::string folder);

// Who signs a log, as a reader knows it, and how many of them have to.
struct LogKeys {
    std::vector<base::Bytes> keys;
    unsigned threshold = 1;
};

// One epoch of a log at a place.
class LogReader {
  public:
    // Of the checkpoint that is there now, or of an older epoch. Errors: not_found, and those of open_sight.
    static base::Result<LogReader> present(LogPlace& place, const LogKeys& keys);
    static base::Result<LogReader> epoch(LogPlace& place, std::uint64_t epoch, const LogKeys& keys);

    const transparency::Sight& sight() const { return sight_; }
    const std::string& note() const { return note_; }
    // Errors of all: not_found (a file is missing there), corrupt.
    base::Result<std::vector<base::Bytes>> entries(std::uint64_t bundle) const;
    base::Result<base::Bytes> hashes(const tlog::Tile& tile) const;
    transparency::Nodes nodes() const;
    std::uint64_t bundles() const { return (sight_.size + tlog::kTileWidth - 1) / tlog::kTileWidth; }
    // What its files are called at the place.
    std::string name_of(const std::string& file) const { return below_ + file; }

  private:
    LogReader(LogPlace& place, std::string below, std::string note, transparency::Sight sight)
        : place_(&place), below_(std::move(below)), note_(std::move(note)), sight_(std::move(sight)) {}
    static base::Result<LogReader> read(LogPlace& place, const std::string& name, const LogKeys& keys);
    base::Result<base::Bytes> file(const std::string& name, std::size_t most) const;

    LogPlace* place_;
    std::string below_, note_;
    transparency::Sight sight_;
};

inline constexpr std::size_t kMostCheckpoint = 64 << 10;

} // namespace oakum::cli
