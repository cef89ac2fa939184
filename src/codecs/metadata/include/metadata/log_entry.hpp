// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <trust/metadata.hpp>

#include <optional>
#include <string>
#include <string_view>

// What the entries of the log of what was published say (docs/log.md): each is one canonical JSON object, so
// that a device that verified a file makes the very bytes that stand in the log.
namespace oakum::metadata {

// Of the file as it stands in the signed list, fields that are not known here included. Errors: invalid
// (nobody could read the entry).
base::Result<std::string> release_entry(const std::string& path, const trust::TargetFile& file);
base::Result<std::string> withdrawal_entry(const std::string& path, base::TimePoint at);
// A root, or a role's list of releases, of which these are the bytes as served.
base::Result<std::string> root_entry(const trust::Root& root, base::ByteView bytes, base::TimePoint at);
base::Result<std::string> list_entry(const std::string& role, const trust::Targets& list,
                                     base::ByteView bytes, base::TimePoint at);
// The audit log's newest record: its number and hash alone, since records name people.
base::Result<std::string> audit_entry(std::uint64_t number, const base::Digest256& hash, base::TimePoint at);
// The first one. `after`: the log that this one goes on from, which was lost beyond that size.
struct LogBefore {
    std::string origin;
    std::uint64_t size = 0;
    base::Digest256 root;
};
base::Result<std::string> begin_entry(const std::string& origin, base::TimePoint at,
                                      const std::optional<LogBefore>& after);

// An entry as anybody may find it in a log.
struct LogEntry {
    enum class Kind { begin, root, list, release, withdrawn, audit, other };
    Kind kind = Kind::other;
    std::string word;         // of the kind, as the entry says it
    std::string subject;      // a path, a role, an origin; else empty
    std::uint64_t number = 0; // a version, or an audit record's number; else 0
    std::optional<base::Digest256> digest;
    std::optional<base::TimePoint> at;
    std::string sentence; // for people; not made safe for a terminal
};
// Errors: invalid (no JSON object with a kind, or one of a known kind that does not say what it has to).
base::Result<LogEntry> read_log_entry(std::string_view text);

} // namespace oakum::metadata
