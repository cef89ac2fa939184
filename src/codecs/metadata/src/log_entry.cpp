// SPDX-License-Identifier: Apache-2.0
#include <metadata/log_entry.hpp>

#include "fields.hpp"
#include "key_text.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <metadata/write.hpp>
#include <trust/limits.hpp>

#include <array>

namespace oakum::metadata {
namespace {

using base::Result;
using json::Value;
using json::Writer;
using Kind = LogEntry::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 6> kKinds{{{Kind::begin, "begin"},
                                                                   {Kind::root, "root"},
                                                                   {Kind::list, "list"},
                                                                   {Kind::release, "release"},
                                                                   {Kind::withdrawn, "withdrawn"},
                                                                   {Kind::audit, "audit"}}};
// Of an entry of a log (C2SP tlog-tiles).
constexpr std::size_t kMostBytes = 0xFFFF;

// Sorted and without whitespace, whatever order it was written in: later programs may know more fields by
// name.
Result<std::string> entry(const std::string& text) {
    TRY_VALUE(const base::Bytes bytes, canonical(text));
    std::string line(base::as_text(bytes));
    if (line.size() > kMostBytes) return base::too_large("an entry of the log has at most 65,535 bytes");
    // Its control characters stand raw in the canonical form, and nobody could parse that.
    TRY(json::parse(line));
    return line;
}

template <class Body> Result<std::string> entry_of(std::string_view kind, Body body) {
    std::string text;
    Writer out(text);
    out.begin_object().member("kind", kind);
    body(out);
    out.end_object();
    return entry(text);
}

void write_document(Writer& out, const trust::Header& header, base::ByteView bytes, base::TimePoint at) {
    out.member("version", header.version).member("expires", base::to_iso8601(header.expires));
    out.member("length", bytes.size()).member("sha256", base::sha256(bytes).hex());
    out.member("at", base::to_iso8601(at));
}

} // namespace

Result<std::string> release_entry(const std::string& path, const trust::TargetFile& file) {
    return entry_of("release",
                    [&](Writer& out) { out.member("path", path).key("target").raw(target_text(file)); });
}

Result<std::string> withdrawal_entry(const std::string& path, base::TimePoint at) {
    return entry_of("withdrawn",
                    [&](Writer& out) { out.member("path", path).member("at", base::to_iso8601(at)); });
}

Result<std::string> root_entry(const trust::Root& root, base::ByteView bytes, base::TimePoint at) {
    return entry_of("root", [&](Writer& out) {
        write_document(out, root.header, bytes, at);
        out.key("roles").begin_object();
        for (const trust::Role role : trust::kRootLists) {
            const trust::Signers& signers = root.signers(role);
            if (signers.keys.empty()) continue;
            out.key(to_string(role)).begin_object().key("keyids").begin_array();
            for (const trust::KeyId& key : signers.keys)
                out.value(key.get());
            out.end_array().member("threshold", signers.threshold).end_object();
        }
        out.end_object();
    });
}

Result<std::string> list_entry(const std::string& role, const trust::Targets& list, base::ByteView bytes,
                               base::TimePoint at) {
    return entry_of("list", [&](Writer& out) {
        write_document(out, list.header, bytes, at);
        out.member("role", role).member("releases", list.files.size());
    });
}

Result<std::string> audit_entry(std::uint64_t number, const base::Digest256& hash, base::TimePoint at) {
    return entry_of("audit", [&](Writer& out) {
        out.member("number", number).member("sha256", hash.hex()).member("at", base::to_iso8601(at));
    });
}

Result<std::string> begin_entry(const std::string& origin, base::TimePoint at,
                                const std::optional<LogBefore>& after) {
    return entry_of("begin", [&](Writer& out) {
        out.member("origin", origin).member("at", base::to_iso8601(at));
        if (!after) return;
        out.key("after").begin_object().member("origin", after->origin).member("size", after->size);
        out.member("root", after->root.hex()).end_object();
    });
}

namespace {

Result<base::Digest256> digest_at(const Value& object, std::string_view name) {
    TRY_VALUE(const std::string hex, object.string_at(name, 64));
    return base::Digest256::parse(hex);
}

Result<LogEntry> read_document(LogEntry entry, const Value& object) {
    TRY_VALUE(entry.number, object.uint_at("version", trust::limits::version));
    TRY_VALUE(entry.digest, digest_at(object, "sha256"));
    const std::string version = std::to_string(entry.number), hash = ", SHA-256 " + entry.digest->hex();
    if (entry.kind == Kind::root) {
        entry.sentence = "root " + version + hash;
        return entry;
    }
    TRY_VALUE(entry.subject, object.string_at("role", trust::limits::name_bytes));
    TRY_VALUE(const std::uint64_t releases, object.uint_at("releases", trust::limits::targets));
    entry.sentence = (entry.subject == "targets" ? "the list of releases, version "
                                                 : "the list of " + entry.subject + ", version ") +
                     version + ", with " + std::to_string(releases) + hash;
    return entry;
}

Result<LogEntry> read_release(LogEntry entry, const Value& object) {
    TRY_VALUE(entry.subject, object.string_at("path", trust::limits::name_bytes));
    if (entry.kind == Kind::withdrawn) {
        entry.sentence = "withdrawn: " + entry.subject;
        return entry;
    }
    TRY_VALUE(const Value target, object.object_at("target"));
    TRY_VALUE(const trust::TargetFile file, read_target(target));
    entry.digest = file.hashes.sha256;
    entry.sentence = "release ";
    if (file.terms) {
        entry.sentence += file.terms->release + " " + file.terms->version + " for ";
        for (const std::string& model : file.terms->models)
            entry.sentence += (&model == file.terms->models.data() ? "" : ", ") + model;
        entry.sentence += ": ";
    }
    entry.sentence += entry.subject + ", " + std::to_string(file.length) + " bytes";
    if (entry.digest) entry.sentence += ", SHA-256 " + entry.digest->hex();
    return entry;
}

Result<LogEntry> read_begin(LogEntry entry, const Value& object) {
    TRY_VALUE(entry.subject, object.string_at("origin", trust::limits::name_bytes));
    entry.sentence = "the log " + entry.subject + " begins";
    TRY_VALUE(const auto after, object.optional_object_at("after"));
    if (!after) return entry;
    TRY_VALUE(const std::string origin, after->string_at("origin", trust::limits::name_bytes));
    TRY_VALUE(entry.number, after->uint_at("size", trust::limits::version));
    TRY_VALUE(entry.digest, digest_at(*after, "root"));
    entry.sentence += ", after a restore of " + origin + " as it was with " + std::to_string(entry.number) +
                      " entries: later ones are lost";
    return entry;
}

Result<LogEntry> read_audit(LogEntry entry, const Value& object) {
    TRY_VALUE(entry.number, object.uint_at("number", trust::limits::version));
    TRY_VALUE(entry.digest, digest_at(object, "sha256"));
    entry.sentence = "audit record " + std::to_string(entry.number) + ", " + entry.digest->hex();
    return entry;
}

} // namespace

Result<LogEntry> read_log_entry(std::string_view text) {
    json::Limits bounds;
    bounds.max_bytes = kMostBytes;
    TRY_VALUE(const Value object, json::parse(text, bounds));
    LogEntry entry;
    TRY_VALUE(entry.word, object.string_at("kind", 64));
    for (const auto& [kind, word] : kKinds)
        if (word == entry.word) entry.kind = kind;
    TRY_VALUE(const auto at, object.optional_string_at("at", 32));
    if (at) {
        TRY_VALUE(entry.at, base::parse_time(*at));
    }
    switch (entry.kind) {
    case Kind::begin:
        return read_begin(std::move(entry), object);
    case Kind::root:
    case Kind::list:
        return read_document(std::move(entry), object);
    case Kind::release:
    case Kind::withdrawn:
        return read_release(std::move(entry), object);
    case Kind::audit:
        return read_audit(std::move(entry), object);
    case Kind::other:
        break;
    }
    entry.sentence = "something that this program does not know: " + entry.word;
    return entry;
}

} // namespace oakum::metadata
