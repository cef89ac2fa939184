// SPDX-License-Identifier: Apache-2.0
#include "log_place.hpp"

#include <fstream>

namespace oakum::cli {

using base::Bytes;
using base::Result;
using transparency::Sight;

namespace {

constexpr std::size_t kMostBundle = std::size_t{tlog::kTileWidth} * (2 + 0xFFFF);

base::Error too_large(const std::string& name) {
    return base::too_large(name + " of the log is larger than such a file can be");
}

class OnServer final : public LogPlace {
  public:
    explicit OnServer(Api api) : api_(std::move(api)) {}
    Result<std::optional<Bytes>> get(const std::string& name, std::size_t most) override {
        Bytes bytes;
        const base::Status got = api_.download("/log/" + name, [&](base::ByteView piece) -> base::Status {
            if (piece.size() > most - bytes.size()) return too_large(name);
            bytes.insert(bytes.end(), piece.begin(), piece.end());
            return {};
        });
        if (!got.ok() && got.error().kind == base::ErrorKind::not_found) return std::optional<Bytes>();
        TRY(got);
        return std::optional(std::move(bytes));
    }

  private:
    Api api_;
};

class InFolder final : public LogPlace {
  public:
    explicit InFolder(std::string folder) : folder_(std::move(folder)) {}
    Result<std::optional<Bytes>> get(const std::string& name, std::size_t most) override {
        std::ifstream file(folder_ + "/" + name, std::ios::binary);
        if (!file) return std::optional<Bytes>();
        Bytes bytes;
        std::string piece(1UL << 16, '\0');
        while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0) {
            const auto got = static_cast<std::size_t>(file.gcount());
            if (got > most - bytes.size()) return too_large(name);
            const base::ByteView read = base::as_bytes(std::string_view(piece).substr(0, got));
            bytes.insert(bytes.end(), read.begin(), read.end());
        }
        if (file.bad()) return base::unavailable("reading " + folder_ + "/" + name);
        return std::optional(std::move(bytes));
    }

  private:
    std::string folder_;
};

} // namespace

std::unique_ptr<LogPlace> log_on_server(Api api) {
    return std::make_unique<OnServer>(std::move(api));
}
std::unique_ptr<LogPlace> log_in_folder(std::string folder) {
    return std::make_unique<InFolder>(std::move(folder));
}

Result<LogReader> LogReader::read(LogPlace& place, const std::string& name, const LogKeys& keys) {
    TRY_VALUE(const auto bytes, place.get(name, kMostCheckpoint));
    if (!bytes) return base::not_found("there is no log: no file " + name);
    std::string note(base::as_text(*bytes));
    TRY_VALUE(Sight sight, tlog::open_sight(note, keys.keys, keys.threshold));
    std::string below = std::to_string(sight.epoch) + "/";
    return LogReader(place, std::move(below), std::move(note), std::move(sight));
}

Result<LogReader> LogReader::present(LogPlace& place, const LogKeys& keys) {
    auto reader = read(place, "checkpoint", keys);
    if (!reader.ok()) return std::move(reader).error().wrap("reading the log's checkpoint");
    return reader;
}

Result<LogReader> LogReader::epoch(LogPlace& place, std::uint64_t epoch, const LogKeys& keys) {
    TRY_VALUE(LogReader reader, read(place, std::to_string(epoch) + "/checkpoint", keys));
    if (reader.sight_.epoch == epoch) return reader;
    return base::corrupt("the checkpoint of the log that began at " + std::to_string(epoch) +
                         " is one of another");
}

Result<Bytes> LogReader::file(const std::string& name, std::size_t most) const {
    TRY_VALUE(auto bytes, place_->get(below_ + name, most));
    if (!bytes)
        return base::not_found("the log lacks " + below_ + name + ", which its checkpoint says is there");
    return std::move(*bytes);
}

Result<std::vector<Bytes>> LogReader::entries(std::uint64_t bundle) const {
    TRY_VALUE(tlog::Tile tile, tlog::tile_at(0, bundle, sight_.size));
    TRY_VALUE(const Bytes bytes, file(tlog::entries_path(tile), kMostBundle));
    return tlog::read_entries(tile, bytes);
}

Result<Bytes> LogReader::hashes(const tlog::Tile& tile) const {
    return file(tlog::tile_path(tile), tlog::kTileWidth * sizeof(transparency::Hash::bytes));
}

transparency::Nodes LogReader::nodes() const {
    constexpr std::size_t kRemembered = 32, kBound = 256;
    return tlog::nodes_in_tiles(
        sight_.size,
        tlog::remembering([this](const tlog::Tile& tile) { return hashes(tile); }, kRemembered, kBound));
}

} // namespace oakum::cli
