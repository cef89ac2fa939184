// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <source/source.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::feed_sync {

// What is held of a part, so that only what is new is asked for.
struct PartState {
    std::string kept; // as what it is kept
    std::string url, etag, last_modified;
    std::optional<base::TimePoint> until;    // of what changes: everything up to here is held
    std::optional<base::TimePoint> whole_at; // when everything was fetched anew
    std::uint64_t whole_records = 0;         // that it had then
    std::string mark;                        // the newest file of changes that is held
    bool operator==(const PartState&) const = default;
};

struct SourceState {
    std::map<std::string, PartState> parts; // by part_name
    std::optional<base::TimePoint> tried, synced, next;
    std::optional<base::TimePoint> failing; // since when; nothing: the last sync went well
    unsigned failures = 0;                  // in a row
    bool refused = false;                   // what came was not imported: a person has to look
    std::string error;                      // of the last sync, in words
    bool operator==(const SourceState&) const = default;
};

// As documents of the store. A key stays sealed in both directions.
inline constexpr std::string_view kSourcePrefix = "source/", kStatePrefix = "source-state/";
std::string to_document(const source::Source& source);
std::string to_document(const SourceState& state);
base::Result<source::Source> source_of(std::string name, std::string_view document);
// An empty document is a source that was never synced.
base::Result<SourceState> state_of(std::string_view document);

} // namespace oakum::feed_sync
