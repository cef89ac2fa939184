// SPDX-License-Identifier: Apache-2.0
#include "import.hpp"

#include <algorithm>
#include <compression/decompressor.hpp>

namespace oakum::assessment {
namespace {

constexpr std::size_t kSniffed = 64 << 10;

base::TimePoint date_of(const feeds::Item& item) {
    if (const auto* record = std::get_if<advisory::Record>(&item))
        return std::max(record->published, record->modified);
    if (const auto* entry = std::get_if<advisory::KevEntry>(&item)) return entry->added;
    return {};
}

} // namespace

base::Result<FeedSeen> read_feed(ports::FeedFiles& files, const std::string& name,
                                 const std::string& file_name, const feeds::Sink& sink) {
    compression::Decompressor unpack;
    std::optional<feeds::FeedReader> reader;
    FeedSeen seen;
    std::string first; // held back until the kind of feed is known
    const feeds::Sink counting = [&](feeds::Item&& item) -> base::Status {
        seen.newest = std::max(seen.newest, date_of(item));
        return sink(std::move(item));
    };
    const auto begin = [&]() -> base::Status {
        TRY_VALUE(seen.kind, feeds::detect(first, file_name));
        reader.emplace(seen.kind, counting);
        TRY(reader->feed(base::as_bytes(first)));
        first.clear();
        return {};
    };
    const compression::Decompressor::Sink unpacked = [&](base::ByteView piece) -> base::Status {
        if (reader) return reader->feed(piece);
        first += base::as_text(piece);
        return first.size() >= kSniffed ? begin() : base::Status();
    };
    base::Sha256 hash;
    TRY(files.read(name, [&](base::ByteView piece) {
        hash.update(piece);
        return unpack.feed(piece, unpacked);
    }));
    seen.digest = hash.finish();
    TRY(unpack.finish(unpacked));
    if (!reader) TRY(begin());
    TRY_VALUE(seen.tally, reader->finish());
    // "2026.08.21", or "v2025.03.14, 2026-08-16T00:00:00+0000", of which the day is enough.
    std::string_view edition = seen.tally.edition;
    if (const auto comma = edition.rfind(", "); comma != std::string_view::npos)
        edition.remove_prefix(comma + 2);
    for (const std::string_view text : {edition, edition.substr(0, 10)})
        if (const auto at = base::parse_time(text); at.ok()) seen.newest = std::max(seen.newest, *at);
    return seen;
}

std::optional<base::Digest256> digest_of(ports::FeedFiles& files, const std::string& name) {
    base::Sha256 hash;
    const base::Status read = files.read(name, [&](base::ByteView piece) -> base::Status {
        hash.update(piece);
        return {};
    });
    return read.ok() ? std::optional(hash.finish()) : std::nullopt;
}

std::string kept_name(feeds::FeedKind kind, const std::string& file_name, const std::string& part,
                      const std::string& edition) {
    std::string word(feeds::to_string(kind));
    if (kind == feeds::FeedKind::kev || kind == feeds::FeedKind::epss || kind == feeds::FeedKind::debian ||
        part == word)
        return word;
    // Every release of Alpine has a "main.json".
    const bool by_edition = part.empty() && kind == feeds::FeedKind::alpine && !edition.empty();
    const std::string& given = !part.empty() ? part : by_edition ? edition : file_name;
    std::string name;
    for (const char c : given.substr(0, 120)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '-' || c == '_';
        name += plain ? c : '_';
    }
    return !part.empty() && name.starts_with(word + "-") ? name : word + "-" + name;
}

} // namespace oakum::assessment
